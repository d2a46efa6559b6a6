/** examples/chat.c: fifty real clients, and the program's own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { commandLine, compilers } from './support.js';

/** A client that keeps the lines it gets. */
class Client {
  constructor(port, name) {
    this.name = name;
    this.lines = [];
    this.socket = connect(port, '127.0.0.1');
    this.closed = once(this.socket, 'close');
    createInterface(this.socket).on('line', (line) => {
      this.lines.push(line);
      this.socket.emit('got');
    });
    this.send(name);
  }

  send(text) {
    this.socket.write(`${text}\n`);
  }

  async until(condition) {
    while (!condition(this.lines)) await once(this.socket, 'got');
  }
}

/** A program that runs; its standard input is a pipe. */
function started(t, compiler, ...args) {
  const child = spawn(process.execPath, commandLine('chat', compiler, args), { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  t.after(() => child.kill('SIGKILL') && exited);
  return { child, exited, output: createInterface(child.stdout) };
}

async function server(t, compiler) {
  const [line] = await once(started(t, compiler, 'serve', '0').output, 'line');
  return Number(/^chat: 127\.0\.0\.1:(\d+)$/.exec(line)[1]);
}

/** Names in the order of their entry: each knows of the next ones. */
async function joined(port, names) {
  const clients = [];
  for (const name of names) {
    const client = new Client(port, name);
    await clients[0]?.until((lines) => lines.includes(`* ${name} is here`));
    clients.push(client);
  }
  return clients;
}

for (const [compiler, condition] of compilers) {
  describe(`chat, built with ${compiler}`, condition, () => {
    test('each of fifty clients gets the lines of all others, in order', async (t) => {
      const names = Array.from({ length: 50 }, (_, at) => `client${at}`);
      const clients = await joined(await server(t, compiler), names);
      const said = ['one', 'two', 'three'];
      for (const client of clients) for (const line of said) client.send(line);
      await Promise.all(clients.map(async (client) => {
        const isSaid = (line) => !line.startsWith('*');
        await client.until((lines) => lines.filter(isSaid).length === 49 * said.length);
        for (const { name } of clients) {
          const heard = client.lines.filter((line) => line.startsWith(`${name}: `));
          assert.deepEqual(heard, name === client.name ? [] : said.map((line) => `${name}: ${line}`));
        }
      }));
      for (const { socket } of clients) socket.destroy();
    });

    test('lines in pieces, long ones, and a client that leaves', async (t) => {
      const [first, second] = await joined(await server(t, compiler), ['Ada', 'Grace']);
      second.socket.write('half ');
      await new Promise((done) => second.socket.write('', done));
      second.socket.write(`and half\r\n${'x'.repeat(600)}\n`);
      await first.until((lines) => lines.length === 4);
      second.socket.destroy();
      await first.until((lines) => lines.length === 5);
      assert.deepEqual(first.lines, ['* Grace is here', 'Grace: half and half', `Grace: ${'x'.repeat(511)}`,
        `Grace: ${'x'.repeat(89)}`, '* Grace has left']);
      first.socket.destroy();
    });

    test('a client that does not read is dropped, and the others go on', async (t) => {
      const [first, second, deaf] = await joined(await server(t, compiler), ['Ada', 'Grace', 'deaf']);
      deaf.socket.pause();
      const isGone = (lines) => lines.includes('* deaf has left');
      for (let round = 0; !isGone(first.lines); round++) {
        for (let i = 0; i < 50; i++) second.send('x'.repeat(500));
        second.send(`round ${round}`);
        await first.until((lines) => lines.includes(`Grace: round ${round}`)); // no more than the buffers have room for
        first.lines = first.lines.filter((line) => line.startsWith('*'));
      }
      second.send('still here');
      await first.until((lines) => lines.includes('Grace: still here'));
      for (const { socket } of [first, second, deaf]) socket.destroy();
    });

    test('the client passes lines on, and leaves at the end of its input', async (t) => {
      const port = await server(t, compiler);
      const [other] = await joined(port, ['Ada']);
      const { child, exited, output } = started(t, compiler, 'join', 'localhost', String(port), 'Grace');
      await other.until((lines) => lines.includes('* Grace is here'));
      other.send('Who is it?');
      assert.deepEqual(await once(output, 'line'), ['Ada: Who is it?']);
      child.stdin.write('Me.\n');
      await other.until((lines) => lines.includes('Grace: Me.'));
      child.stdin.end();
      assert.deepEqual(await exited, [0, null]);
      await other.until((lines) => lines.includes('* Grace has left'));
      other.socket.destroy();
    });

    test('clients of its own hear each other, over socketpair', async (t) => {
      const { child, exited, output } = started(t, compiler, 'among', 'Ada', 'Grace', 'Alan');
      child.stdin.end();
      const lines = [];
      output.on('line', (line) => lines.push(line));
      assert.deepEqual(await exited, [0, null]);
      const names = ['Ada', 'Alan', 'Grace'];
      assert.deepEqual(lines.sort(), names.flatMap((name) =>
        names.filter((other) => other !== name).map((other) => `${name} hears ${other}: Hello!`)));
    });
  });
}
