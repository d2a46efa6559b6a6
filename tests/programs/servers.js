/** Servers for real programs: where they listen, and a Redis server of the machine's own packages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port of the machine that is free. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/**
 * Try to connect until something listens.
 *
 * @param {() => import('node:net').Socket} connecting
 */
export async function until(connecting) {
  for (;;) {
    const socket = connecting();
    const isOpen = await once(socket, 'connect').then(() => true, () => false);
    socket.destroy();
    if (isOpen) return;
    await sleep(20);
  }
}

/**
 * A Redis server, of the machine's own packages, at a port and at a path.
 *
 * @param {{ after: (act: () => unknown) => void }} t
 * @param {string} folder
 */
export async function redisServer(t, folder) {
  const port = await freePort();
  const path = join(folder, 'redis.sock');
  const server = spawn('redis-server', [
    '--port', String(port), '--unixsocket', path, '--save', '', '--enable-debug-command', 'yes', '--dir', folder,
  ], { stdio: 'ignore' });
  t.after(() => {
    server.kill('SIGKILL');
    return once(server, 'exit');
  });
  await until(() => connect(path));
  return { port, path };
}
