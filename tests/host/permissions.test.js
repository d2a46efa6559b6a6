/** What the host functions of a program reach of the network, and its sockets of Unix. */
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { limitHosts, limitedFetch } from '../../node/hostlib/limit-hosts.js';
import { permissionsOf } from '../../node/posix/index.js';

/** Permissions, and what they refuse. */
function limited(net) {
  const refused = [];
  return { refused, network: permissionsOf({ net, refused: (what, entry) => refused.push([what, entry]) }) };
}

/** A call of lull_tcp_connect; throws where it is refused. */
const connecting = (network, host) =>
  limitHosts(network, { lull_tcp_connect: () => 'connected' }).lull_tcp_connect(host, 80);

test('the loopback is its addresses and its name, and no name that begins like one', () => {
  const { network } = limited(['loopback']);
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost', '::ffff:127.0.0.1']) {
    assert.equal(connecting(network, host), 'connected', host);
  }
  for (const host of ['127.example.org', '::ffff:127.example.org', '127.0.0.1.example.org', '10.0.0.1', '0.0.0.0']) {
    assert.throws(() => connecting(network, host), { code: 'EACCES' }, host);
  }
});

test('an entry allows its host and its port', () => {
  const { network, refused } = limited(['example.org:80', ':81']);
  assert.equal(connecting(network, 'EXAMPLE.org'), 'connected');
  assert.throws(() => connecting(network, '127.0.0.1'), { code: 'EACCES' });
  assert.deepEqual(refused, [['connect to 127.0.0.1:80', '127.0.0.1:80']]);
});

test('fetch looks at an address as it is read, and at those that redirects lead to', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://192.0.2.1/' }).end();
    else if (request.url === '/on') response.writeHead(303, { location: '/end' }).end();
    else response.end(`${request.method} ${request.url}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = `http://127.0.0.1:${server.address().port}`;
  const { network } = limited(['loopback']);
  const send = limitedFetch(network);
  assert.equal(await (await send(`${here}/on`, { method: 'POST', body: 'x' })).text(), 'GET /end');
  await assert.rejects(send(`${here}/away`, {}), { code: 'EACCES' });
  for (const url of ['http://192.0.2.1/', ' http://192.0.2.1/', 'ht\ntp://192.0.2.1/', 'HTTP://192.0.2.1/']) {
    await assert.rejects(send(url, {}), { code: 'EACCES' }, url);
  }
  await assert.rejects(send('file:///etc/passwd', {}), { code: 'EACCES' }, 'Deno and Bun would read it');
  assert.equal(await (await send('data:,text', {})).text(), 'text');
  await new Promise((done) => server.close(done));
});

test('a name allows its addresses with the ports of its entry, however often it is looked up', async () => {
  const found = [{ family: 4, host: '192.0.2.1', port: 0 }];
  const { network } = limited(['example.org:80', 'example.com:81']);
  const { lookUp } = network.around({ lookUp: async () => found });
  for (let i = 0; i < 3; i++) for (const name of ['example.org', 'EXAMPLE.com']) await lookUp(name, 0);
  for (const port of [80, 81]) network.check('connect to', { ...found[0], port });
  assert.throws(() => network.check('connect to', { ...found[0], port: 82 }), { code: 'EACCES' });
});

test('a socket of Unix is below the current folder also where its path is a link', (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lull-permissions-')));
  const home = process.cwd();
  process.chdir(folder);
  t.after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });
  symlinkSync('/tmp/elsewhere.socket', 'link');
  const { network, refused } = limited(['loopback']);
  network.check('connect to', { family: 1, host: 'own.socket', port: 0 });
  for (const host of ['link', '../other.socket', '/tmp/elsewhere.socket']) {
    assert.throws(() => network.check('connect to', { family: 1, host, port: 0 }), { code: 'EACCES' }, host);
  }
  assert.deepEqual(refused.map(([, entry]) => entry), [undefined, undefined, undefined], 'no entry allows it');
});

test('a port of datagrams that the program does not bind gets messages of permitted senders alone', () => {
  const bound = [];
  const got = [];
  let message;
  const machine = {
    port: (family, events) => {
      ({ message } = events);
      return { bind: (at) => bound.push(at) };
    },
  };
  const peer = { family: 4, host: '192.0.2.1', port: 53 };
  const stranger = { family: 4, host: '192.0.2.2', port: 53 };
  const { network } = limited(['192.0.2.1:53', ':81']);
  const events = { message: (bytes, from) => got.push(from) };
  network.around(machine).port(4, events, {}).bind(undefined);
  message(new Uint8Array(), stranger);
  message(new Uint8Array(), peer);
  assert.deepEqual([bound.splice(0), got.splice(0)], [[undefined], [peer]]);
  network.around(machine).port(4, events, {}).bind({ family: 4, host: '0.0.0.0', port: 81 });
  message(new Uint8Array(), stranger);
  assert.deepEqual(got, [stranger], 'a server has all senders');
  limited(['loopback']).network.around(machine).port(6, events, {}).bind(undefined);
  assert.deepEqual(bound.at(-1), { family: 6, host: '::1', port: 0 });
});
