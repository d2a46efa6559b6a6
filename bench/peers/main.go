// Programs of bench/peers.js in Go: `main CASE SIZE` prints the figure.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

const ringSize = 503

func skynet(sums chan<- int, first, leaves int) {
	if leaves == 1 {
		sums <- first
		return
	}
	parts := make(chan int, 10)
	for i := 0; i < 10; i++ {
		go skynet(parts, first+i*leaves/10, leaves/10)
	}
	sum := 0
	for i := 0; i < 10; i++ {
		sum += <-parts
	}
	sums <- sum
}

func sleepers(count int) time.Duration {
	morning := time.Now().Add(time.Second + time.Duration(count)*9*time.Microsecond)
	var all sync.WaitGroup
	all.Add(count)
	for i := 0; i < count; i++ {
		go func() {
			time.Sleep(time.Until(morning))
			all.Done()
		}()
	}
	fmt.Println("asleep", time.Until(morning).Milliseconds())
	all.Wait()
	return time.Since(morning)
}

func passOn(from <-chan int, to chan<- int, all *sync.WaitGroup) {
	for {
		token := <-from - 1
		to <- token
		if token <= 0 {
			break
		}
	}
	all.Done()
}

func ring(hops int) {
	var links [ringSize]chan int
	for i := range links {
		links[i] = make(chan int, 1)
	}
	var all sync.WaitGroup
	all.Add(ringSize)
	for i := range links {
		go passOn(links[i], links[(i+1)%ringSize], &all)
	}
	links[0] <- hops
	all.Wait()
}

func pingpong(messages int) {
	to, from := make(chan int), make(chan int)
	var all sync.WaitGroup
	all.Add(1)
	go passOn(to, from, &all)
	for value := messages; value > 0; {
		to <- value
		value = <-from
	}
	all.Wait()
}

func serve() {
	const body = "Hello, world!\n"
	http.HandleFunc("/", func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", "text/plain")
		response.Header().Set("Content-Length", strconv.Itoa(len(body)))
		fmt.Fprint(response, body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	_ = http.Serve(listener, nil)
}

func main() {
	name := os.Args[1]
	size, _ := strconv.Atoi(os.Args[2])
	start := time.Now()
	each := func() { fmt.Printf("figure %f\n", float64(time.Since(start).Nanoseconds())/float64(size)) }
	switch name {
	case "skynet":
		sums := make(chan int)
		go skynet(sums, 0, size)
		if <-sums != size*(size-1)/2 {
			panic("skynet: the sum is wrong")
		}
		fmt.Printf("figure %f\n", float64(time.Since(start).Nanoseconds())/1e6)
	case "sleepers":
		fmt.Printf("figure %f\n", float64(sleepers(size).Nanoseconds())/1e6)
	case "ring":
		ring(size)
		each()
	case "pingpong":
		pingpong(size)
		each()
	case "http":
		serve()
	}
}
