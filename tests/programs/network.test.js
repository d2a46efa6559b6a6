/** Programs of the network, against a real server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort, redisServer, until } from './servers.js';
import { sourcesOf } from './sources.js';
import { shell } from './support.js';

test('hiredis by its makefile: its own tests pass against redis-server', async (t) => {
  const folder = sourcesOf(t, 'hiredis', ['redis-server', 'make']);
  if (!folder) return;
  const { port } = await redisServer(t, folder);
  await shell(folder, 'make libhiredis.a hiredis-example hiredis-test CC=lull-cc AR=lull-ar USE_SSL=0');
  const printed = await shell(folder, `./examples/hiredis-example 127.0.0.1 ${port}`);
  assert.match(printed, /^PING: PONG\n.*GET foo: hello world\nINCR counter: 1\n.*9\) element-0\n$/s);
  const tested = await shell(folder, `./hiredis-test -h 127.0.0.1 -p ${port} -s redis.sock`);
  assert.match(tested, /ALL TESTS PASSED/);
});

test('civetweb: a thread for each connection serves wrk', async (t) => {
  const folder = sourcesOf(t, 'civetweb', ['wrk']);
  if (!folder) return;
  const port = await freePort();
  await shell(folder, 'lull-cc -O2 -DNO_SSL -DNO_CGI -Iinclude src/civetweb.c src/main.c -o civetweb -lpthread');
  await shell(folder, 'mkdir www; echo Hello, world! > www/index.html');
  const options = { listening_ports: `127.0.0.1:${port}`, document_root: join(folder, 'www'), num_threads: 20,
    tcp_nodelay: 1, enable_keep_alive: 'yes' };
  const args = Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const server = spawn(join(folder, 'civetweb'), args, { cwd: folder, stdio: 'ignore' });
  t.after(() => {
    server.kill('SIGKILL');
    return once(server, 'exit');
  });
  await until(() => connect(port, '127.0.0.1'));
  const address = `http://127.0.0.1:${port}/`;
  const pages = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(address)).text()));
  assert.deepEqual(new Set(pages), new Set(['Hello, world!\n']));
  assert.equal((await fetch(`${address}none`)).status, 404);
  const printed = await shell(folder, `wrk -t1 -c20 -d1s ${address}`);
  assert.match(printed, /[1-9]\d* requests in/);
  assert.doesNotMatch(printed, /Socket errors|Non-2xx/);
});

/** A client of IRC, which answers the server's pings. */
class IrcClient {
  #text = '';
  /** @type {[RegExp, () => void][]} */
  #awaited = [];

  /** @param {number} port @param {string} name */
  constructor(port, name) {
    this.name = name;
    this.socket = connect(port, '127.0.0.1');
    this.closed = once(this.socket, 'close');
    this.socket.setEncoding('utf8').on('data', (text) => this.#arrived(text));
    this.send(`NICK ${name}`, `USER ${name} 0 * :${name}`);
  }

  /** @param {string[]} lines */
  send(...lines) {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** @param {string} text */
  #arrived(text) {
    for (const [, token] of text.matchAll(/^PING (.*)\r$/gm)) this.send(`PONG ${token}`);
    this.#text += text;
    this.#awaited = this.#awaited.filter(([pattern, done]) => !pattern.test(this.#text) || done());
  }

  /** Until the server has sent a line. @param {RegExp} pattern @returns {Promise<void>} */
  has(pattern) {
    if (pattern.test(this.#text)) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.push([pattern, resolve]));
  }

  /** Who said what in the channel, in the order of their arrival. */
  get heard() {
    return [...this.#text.matchAll(/^:(\w+)!\S+ PRIVMSG #lull :(.*)\r$/gm)].map(([, who, said]) => `${who}: ${said}`);
  }
}

test('ngircd by its makefile: fifty clients hear each other over poll', async (t) => {
  const folder = sourcesOf(t, 'ngircd@trixie', ['make']);
  if (!folder) return;
  await shell(folder, './configure --without-epoll --without-zlib && make -j2 -C src');
  const port = await freePort();
  const global = { Name: 'irc.lull.test', Info: 'Chat', Listen: '127.0.0.1', Ports: port, ServerUID: 1, ServerGID: 1 };
  const sections = {
    Global: global, Limits: { MaxConnectionsIP: 0, MaxPenaltyTime: 0 }, Options: { DNS: 'no', Ident: 'no' },
  };
  writeFileSync(join(folder, 'ngircd.conf'), Object.entries(sections).map(([section, values]) =>
    [`[${section}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`), ''].join('\n')).join(''));
  const server = spawn(join(folder, 'src/ngircd/ngircd'), ['-n', '-f', join(folder, 'ngircd.conf')],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(server, 'exit');
  t.after(() => server.kill('SIGKILL') && exited);
  let log = '';
  server.stdout.on('data', (text) => { log += text; });
  await until(() => connect(port, '127.0.0.1'));

  const clients = Array.from({ length: 50 }, (_, at) => new IrcClient(port, `client${at}`));
  await Promise.all(clients.map((client) => client.has(/ 001 /)));
  for (const client of clients) client.send('JOIN #lull');
  await Promise.all(clients.map((client) => client.has(/ 366 /)));
  const said = ['hello', 'and bye'];
  for (const client of clients) client.send(...said.map((line) => `PRIVMSG #lull :${line}`));
  await Promise.all(clients.map(async (client) => {
    const others = clients.filter((other) => other !== client);
    for (const { name } of others) await client.has(new RegExp(`^:${name}!.*${said.at(-1)}`, 'm'));
    for (const { name } of others) {
      const heard = client.heard.filter((line) => line.startsWith(`${name}:`));
      assert.deepEqual(heard, said.map((line) => `${name}: ${line}`));
    }
  }));
  for (const client of clients) client.send('QUIT');
  await Promise.all(clients.map(({ closed }) => closed));
  assert.match(log, /IO subsystem: poll/);
});
