/** A static server for the demo page and the tests in browsers. */
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
});

/** @param {string} path */
const typeOf = (path) => TYPES[extname(path)] ?? 'text/plain; charset=utf-8';

/**
 * The content below a path: a folder, or a function that returns the body for the rest of the path, or undefined if
 * there is none.
 *
 * @typedef {string | ((path: string, query: URLSearchParams) => Promise<string | Uint8Array | undefined>)} Mount
 */

/**
 * @param {string} folder
 * @param {string} path
 * @returns {Promise<Uint8Array | undefined>}
 */
async function fileIn(folder, path) {
  const file = join(folder, normalize(path));
  if (!`${file}${sep}`.startsWith(normalize(`${folder}${sep}`))) return undefined;
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? readFile(file) : undefined;
}

/**
 * Serve on localhost.
 *
 * @param {Record<string, Mount>} mounts by path, each with a slash at its end; the longest match counts
 * @param {{ port?: number, headers?: Record<string, string> }} [options] port 0 means any free port
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>}
 */
export async function serve(mounts, { port = 0, headers = {} } = {}) {
  const prefixes = Object.keys(mounts).sort((a, b) => b.length - a.length);
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    try {
      const asked = decodeURIComponent(pathname);
      const path = asked.endsWith('/') ? `${asked}index.html` : asked;
      const prefix = prefixes.find((candidate) => path.startsWith(candidate));
      const mount = prefix === undefined ? undefined : mounts[prefix];
      const rest = path.slice(prefix?.length);
      const body = typeof mount === 'string' ? await fileIn(mount, rest) : await mount?.(rest, searchParams);
      if (body === undefined) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
        return;
      }
      response.writeHead(200, { 'content-type': typeOf(path), 'cache-control': 'no-store', ...headers }).end(body);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    }
  });
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, 'localhost', () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://localhost:${address.port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
