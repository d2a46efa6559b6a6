/** A server that answers each request with a Lua script, which blocks as it likes: README.md says how to run it. */
import { createServer } from 'node:http';
import { load } from './scripts.js';

const SCRIPT = `
  local path = ...
  if path == '/fail' then error('no such page', 0) end
  sleep(0.2)                        -- blocks this script, and nothing else
  local words = {}
  for word in path:gmatch('%w+') do table.insert(words, 1, word) end
  return table.concat(words, ' ')
`;

const app = await load({ host: { fetch_text: async (url) => (await fetch(url)).text() } });

const server = createServer(async (request, response) => {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  try {
    const { result } = app.spawn('run', [SCRIPT, request.url ?? '/'], { signal: closed.signal });
    response.end(`${await result}\n`);
  } catch (error) {
    response.statusCode = 500;
    response.end(`${error instanceof Error ? error.message : error}\n`);
  }
});

server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => {
  console.log(`http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`);
});
process.on('SIGINT', async () => {
  server.close();
  server.closeAllConnections();
  await app.close();
});
