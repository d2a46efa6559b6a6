/** A C program in xterm.js. */
import { load } from 'lull';
import { Terminal } from '@xterm/xterm';

const terminal = new Terminal({ cols: 60, rows: 20, cursorBlink: true });
terminal.open(document.getElementById('terminal'));
terminal.focus();
document.getElementById('larger').addEventListener('click', () => {
  terminal.resize(terminal.cols + 10, terminal.rows + 2);
  terminal.focus();
});

const encoder = new TextEncoder();

/** The terminal, as C has it. */
const given = {
  input: new ReadableStream({
    start: (keys) => { terminal.onData((text) => keys.enqueue(encoder.encode(text))); },
  }),
  output: {
    write: (bytes) => terminal.write(bytes),
    get columns() { return terminal.cols; },
    get rows() { return terminal.rows; },
    on: (event, listener) => { terminal.onResize(listener); },
  },
};

const app = await load('./snake.wasm', { posix: { terminal: given } });
const status = await app.run(['snake']);
await app.close();
terminal.write(`It ended with ${status}.\r\n`);
