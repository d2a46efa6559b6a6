/** load: URLs and servers, and files that are no modules of lull. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { load } from '../../node/index.js';
import { load as loadInPages } from '../../web/index.js';
import { fixture } from '../wasm/support.js';

const wasm = await fixture('empty');
const HTML = '<!DOCTYPE html>\n<title>Not found</title>';
const folder = mkdtempSync(join(tmpdir(), 'lull-load-'));
after(() => rmSync(folder, { recursive: true }));

/** Answers /TYPE/CONTENT, with both encoded. */
const server = createServer((request, response) => {
  const [, type, content] = request.url.split('/').map(decodeURIComponent);
  response.writeHead(content === 'missing' ? 404 : 200, { 'content-type': type });
  response.end(content === 'module' ? wasm : content);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());
const urlOf = (type, content) =>
  `http://127.0.0.1:${server.address().port}/${encodeURIComponent(type)}/${encodeURIComponent(content)}`;

/** It loads, runs and closes. */
async function works(source, loadIt = load) {
  const app = await loadIt(source);
  await app.call.nothing();
  await app.close();
}

for (const type of ['application/wasm', 'application/wasm; charset=utf-8', 'Application/WASM', 'text/plain']) {
  test(`a response of type ${type}`, async () => {
    await works(urlOf(type, 'module'));
    await works(new URL(urlOf(type, 'module')));
    await works(fetch(urlOf(type, 'module')));
    await works(urlOf(type, 'module'), loadInPages);
  });
}

test('a file: URL as a string, in any case', async () => {
  const file = join(folder, 'a b.wasm');
  writeFileSync(file, wasm);
  await works(pathToFileURL(file).href);
  await works(pathToFileURL(file).href.replace('file:', 'FILE:'));
});

test('a response of a library, and a Blob', async () => {
  await works({ arrayBuffer: async () => wasm.buffer, ok: true, url: '', headers: new Map() });
  await works(new Blob([wasm]));
});

test('a failing answer is named with its URL', () =>
  assert.rejects(load(urlOf('text/html', 'missing')), {
    message: `load: ${urlOf('text/html', 'missing')} answered 404 Not Found`,
  }));

for (const [content, why] of [
  [HTML, 'is HTML or XML, as servers answer for files that they do not have'],
  ['PK\x03\x04 archive', 'is a zip archive'],
  ['', 'is empty'],
  ['\x1f\x8b\x08', 'is compressed by gzip, without the header Content-Encoding'],
  ['\0asm\x0d\0\x01\0', 'is WebAssembly of another version, or a component'],
  ['\0asm\x01\0\0\0\x01', 'is a broken WebAssembly module'],
  ['int main(void) { return 0; }', 'begins with "int main(void) { return "'],
  ['\x01\x02\x03', 'begins with 01 02 03'],
]) {
  test(`a file that ${why} is named`, async () => {
    const file = join(folder, 'foreign.wasm');
    const bytes = Uint8Array.from(content, (letter) => letter.charCodeAt(0));
    writeFileSync(file, bytes);
    const url = pathToFileURL(file);
    for (const [source, name] of [[file, file], [url, url.href], [bytes, 'the source']]) {
      await assert.rejects(load(source), ({ message, cause }) => {
        assert.ok(message.startsWith(`load: ${name} is not a WebAssembly module: it ${why} (`), message);
        return cause instanceof WebAssembly.CompileError;
      });
    }
  });
}

for (const type of ['text/html', 'application/wasm']) {
  test(`HTML that a server sends as ${type} is named with its URL`, async () => {
    const url = urlOf(type, HTML);
    await assert.rejects(load(url), ({ message }) => message.startsWith(`load: ${url} is not a WebAssembly module: `));
  });
}

test('a module that lull did not build is named with its path', async () => {
  const file = join(folder, 'stranger.wasm');
  writeFileSync(file, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const message = `${file} was not built by lull: build it with 'lull build'`;
  await assert.rejects(load(file), { code: 'ERR_LULL_ABI', message });
});

test('a long address is shortened', () =>
  assert.rejects(load(`data:text/plain,${'x'.repeat(1000)}`), ({ message }) => message.length < 400));
