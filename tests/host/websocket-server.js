/** As much of a WebSocket server (RFC 6455) as the tests need: messages in one frame, of up to 64 KB. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
export const TEXT = 1, BYTES = 2, CLOSE = 8;

/**
 * @param {(peer: Peer) => void} handle
 * @param {(url: string) => Promise<void>} body
 */
export async function withServer(handle, body) {
  const sockets = new Set();
  const server = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const key = request.headers['sec-websocket-key'];
    const [protocol] = (request.headers['sec-websocket-protocol'] ?? '').split(',');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${createHash('sha1').update(key + GUID).digest('base64')}\r\n` +
        `${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`,
    );
    handle(new Peer(socket, request.headers, request.url));
  });
  await once(server, 'listening');
  try {
    await body(`ws://127.0.0.1:${server.address().port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

export class Peer {
  constructor(socket, headers, path) {
    this.socket = socket;
    this.headers = headers;
    this.path = path;
    socket.on('data', (chunk) => this.#arrived(chunk));
  }

  /** Called with each frame. @type {(opcode: number, data: Buffer) => void} */
  onFrame = () => {};
  #unread = Buffer.alloc(0);

  #arrived(chunk) {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    for (;;) {
      const bytes = this.#unread;
      const long = (bytes[1] & 127) === 126;
      const head = (long ? 4 : 2) + 4;
      if (bytes.length < head) return;
      const length = long ? bytes.readUInt16BE(2) : bytes[1] & 127;
      if (bytes.length < head + length) return;
      const mask = bytes.subarray(head - 4, head);
      const data = Buffer.from(bytes.subarray(head, head + length).map((byte, i) => byte ^ mask[i & 3]));
      this.#unread = bytes.subarray(head + length);
      const opcode = bytes[0] & 15;
      this.onFrame(opcode, data);
      if (opcode === CLOSE) this.#answerClose(data);
    }
  }

  #closes = false;

  /** Whoever closes first is answered; then the server ends the connection. */
  #answerClose(data) {
    if (!this.#closes) this.send(CLOSE, data);
    this.socket.end();
  }

  send(opcode, data) {
    const bytes = Buffer.from(data);
    const long = bytes.length > 125;
    const length = long ? [126, bytes.length >> 8, bytes.length] : [bytes.length];
    const head = Buffer.from([128 | opcode, ...length]);
    this.socket.write(Buffer.concat([head, bytes]));
  }

  close(code, reason) {
    this.#closes = true;
    this.send(CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));
  }
}
