/**
 * examples/chat.c, built once: in a page with clients of its own, and as clients in a page of the same program in Node,
 * by the WebSockets of docs/posix.md.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConsoleStdout, File, OpenFile } from '@bjorn3/browser_wasi_shim';
import { load } from '../../node/index.js';
import { build } from '../../toolchain/build.js';
import { findClang } from '../../toolchain/compiler.js';
import { system } from '../../node/toolchain/system.js';
import { BYTES, CLOSE, withServer } from '../host/websocket-server.js';

/** @import { Page } from './browsers.js' */

const source = fileURLToPath(new URL('../../examples/chat.c', import.meta.url));
const text = readFileSync(new URL('../../docs/posix.md', import.meta.url), 'utf8');
const provider = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, body]) => body)
  .find((snippet) => snippet.includes('new WebSocket'));
assert.ok(provider);

/** @type {Promise<Uint8Array> | undefined} */
let building;

const built = () =>
  (building ??= build(system, /** @type {any} */ (findClang(system)), { args: [source, '-O2'] }));

/** @type {import('../../scripts/serve.js').Mount} */
export const chat = async (path) => (path === 'chat.wasm' ? built() : undefined);

/** @param {string} start @param {number} count */
const names = (start, count) => Array.from({ length: count }, (_, at) => `${start}${at}`);

/**
 * What each client hears where each other one says something, once.
 *
 * @param {string[]} all
 * @param {(name: string) => string} said
 */
const everyone = (all, said) =>
  all.map((name) => all.filter((other) => other !== name).map((other) => `${other}: ${said(other)}`).sort());

/** The lines of clients, in an order that does not depend on time. @param {string[]} lines */
const saidIn = (lines) => lines.filter((line) => !line.startsWith('*')).sort();

/**
 * Run in a page, where these tools are.
 *
 * @param {Page} page
 * @param {(tools: any, argument: any) => Promise<unknown>} body
 * @param {unknown} argument
 */
const inPage = (page, body, argument) => page.evaluate(/** @type {any} */ (new Function('argument', `
return (async () => {
  while (!globalThis.lull) await new Promise((resolve) => setTimeout(resolve, 5)); // its script is being loaded
  const { ConsoleStdout, File, OpenFile } = await import('/shim/dist/index.js');
  const { load } = globalThis.lull;
  const started = async (args, options = {}) => {
    const lines = [];
    const out = ConsoleStdout.lineBuffered((line) => lines.push(line));
    const fds = [new OpenFile(new File([])), out, out];
    const app = await load('/chat/chat.wasm', { wasi: { fds }, ...options });
    return { lines, status: app.run(['chat', ...args]).finally(() => app.close()) };
  };
  return (${body})({ started }, argument);
})()`)), argument);

/** A client of Node. */
class Client {
  /** @param {number} port @param {string} name */
  constructor(port, name) {
    this.name = name;
    this.socket = connect(port, '127.0.0.1').setEncoding('utf8');
    this.text = '';
    this.socket.on('data', (chunk) => { this.text += chunk; });
    this.socket.write(`${name}\n`);
  }

  get lines() {
    return this.text.split('\n').slice(0, -1);
  }

  /** @param {(lines: string[]) => boolean} condition */
  async until(condition) {
    while (!condition(this.lines)) await once(this.socket, 'data');
  }
}

/**
 * The server, in this process, at a port that it prints.
 *
 * @param {(port: number) => Promise<void>} body
 */
async function withChatServer(body) {
  /** @type {(line: string) => void} */
  let print = () => {};
  const printed = new Promise((resolve) => { print = resolve; });
  const out = ConsoleStdout.lineBuffered(print);
  const app = await load(await built(), {
    posix: { net: ['loopback'] }, wasi: { fds: [new OpenFile(new File([])), out, out] },
  });
  const ended = app.run(['chat', 'serve', '0']).catch(() => {}); // by close()
  await body(Number(/:(\d+)$/.exec(String(await printed))?.[1]));
  await app.close();
  await ended;
}

/** A proxy as docs/posix.md has it. @param {any} peer */
function pass(peer) {
  const [, port] = /^\/chat\.example:(\d+)$/.exec(peer.path) ?? [];
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('data', (bytes) => peer.send(BYTES, bytes));
  socket.on('close', () => peer.close(1000, ''));
  peer.onFrame = (/** @type {number} */ opcode, /** @type {Buffer} */ data) => {
    if (opcode === BYTES) socket.write(data);
    if (opcode === CLOSE) socket.end();
  };
}

/** @param {() => { open: () => Promise<Page>, origin: string }} given */
export function testChat(given) {
  /** @param {(page: Page) => Promise<void>} body */
  async function onPage(body) {
    const { open, origin } = given();
    const page = await open();
    await page.goto(`${origin}/page/wasi.html`);
    await body(page);
    await page.close();
  }

  test('the chat and fifty clients in one page, over socketpair', () => onPage(async (page) => {
    const all = names('guest', 50);
    const { status, lines } = await inPage(page, async ({ started }, guests) => {
      const running = await started(['among', ...guests]);
      return { status: await running.status, lines: running.lines };
    }, all);
    assert.equal(status, 0);
    const heard = all.map((name) => lines
      .filter((/** @type {string} */ line) => line.startsWith(`${name} hears `))
      .map((/** @type {string} */ line) => line.slice(`${name} hears `.length)).sort());
    assert.deepEqual(heard, everyone(all, () => 'Hello!'));
  }));

  test('clients in a page are in the chat of Node, by a WebSocket', () => onPage((page) =>
    withChatServer((port) => withServer(pass, async (proxy) => {
      const here = names('node', 25), there = names('page', 25), all = [...here, ...there];
      const first = new Client(port, here[0]);
      await once(first.socket, 'connect');
      const clients = [first, ...here.slice(1).map((name) => new Client(port, name))];
      await inPage(page, /** @type {any} */ (`async ({ started }, { there, port, proxy }) => {
        ${String(provider).replace('wss://proxy.example', '${proxy}')}
        globalThis.clients = await Promise.all(there.map(async (name) => {
          let input;
          const stdin = new ReadableStream({ start(controller) { input = controller; } });
          const client = await started(['join', 'chat.example', String(port), name], { posix: { stdin, connect } });
          return { name, input, ...client };
        }));
      }`), { there, port, proxy });
      await first.until((lines) => lines.length === all.length - 1);

      for (const { name, socket } of clients) socket.write(`I am ${name}\n`);
      const heard = await inPage(page, async (_, total) => Promise.all(
        /** @type {any} */ (globalThis).clients.map(async (/** @type {any} */ { name, input, lines, status }) => {
          input.enqueue(new TextEncoder().encode(`I am ${name}\n`));
          const said = () => lines.filter((/** @type {string} */ line) => line.includes(': '));
          while (said().length < total - 1) await new Promise((resolve) => setTimeout(resolve, 5));
          input.close();
          return { status: await status, said: said() };
        })), all.length);
      for (const client of clients) {
        await client.until((lines) => saidIn(lines).length === all.length - 1);
        client.socket.destroy();
      }
      assert.deepEqual(heard.map((/** @type {any} */ { status }) => status), there.map(() => 0));
      const found = [...clients.map(({ lines }) => lines), ...heard.map((/** @type {any} */ { said }) => said)];
      assert.deepEqual(found.map(saidIn), everyone(all, (name) => `I am ${name}`));
    }))));
}
