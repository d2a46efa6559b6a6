/** A terminal of C, over an object of the test's as xterm.js is one, and over one that edits lines itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilers, turn, withApp } from './support.js';

/** A terminal that shows what C prints, and on which the test types. */
function terminal(setRawMode) {
  let keys;
  let resize;
  const input = new ReadableStream({ start: (given) => { keys = given; } });
  const made = {
    shown: '',
    type: (text) => keys.enqueue(new TextEncoder().encode(text)),
    resize(columns, rows) {
      Object.assign(made.options.output, { columns, rows });
      resize();
    },
    options: {
      input: setRawMode ? Object.assign(input, { setRawMode }) : input,
      output: {
        columns: 80,
        rows: 24,
        write: (bytes) => { made.shown += new TextDecoder().decode(bytes); },
        on: (_, listener) => { resize = listener; },
        off: () => { resize = undefined; },
      },
    },
  };
  return made;
}

for (const cc of compilers) {
  const withTerminal = (body, setRawMode) => async () => {
    const made = terminal(setRawMode);
    await withApp({ fixture: 'posix_terminal', cc, posix: { terminal: made.options } }, async (app, clock, reports) => {
      const turns = async () => {
        for (let i = 0; i < 10; i++) {
          await turn();
          await clock.advance(0);
        }
      };
      await body(app, made, turns, clock, reports);
    });
  };

  /** A task that is over after these keys, each typed when it waits, with all that is shown. */
  const scene = (title, name, typed, shown) => test(`${cc}: ${title}`, withTerminal(async (app, made, turns, clock) => {
    const result = app.call[name]();
    for (const text of typed) {
      await turns();
      made.type(text);
    }
    await turns();
    assert.equal(await clock.until(result), 0, 'the line that failed');
    await turns();
    assert.equal(made.shown, shown);
  }));

  scene('its mode, size, name and speed', 'asks', [], '');
  scene('keys are shown, and a return ends the line', 'reads_a_line', ['ab', 'c\r'], 'abc\r\n<abc\r\n>');
  scene('keys erase a character, and the line', 'reads_a_line', ['xy\x15aé\x7fbc\x7f\r'],
    'xy\b \b\b \baé\b \bbc\b \b\r\n<ab\r\n>');
  scene('a control key is shown by two characters, and erased so', 'reads_a_line', ['\x01\x7fz\n'],
    '^A\b \b\b \bz\r\n<z\r\n>');
  scene('nothing is erased before the line', 'reads_a_line', ['\x7f\x7f\x15a\n'], 'a\r\n<a\r\n>');
  scene('each line is a read, and an end is one', 'reads_lines_and_ends', ['one\ntwo\x04\x04three\n'],
    'one\r\ntwothree\r\n');
  scene('without lines, echo and signals, keys come as they are', 'reads_keys', ['a', '\x1b[A', '\x03'], '');
  scene('a password is not shown', 'reads_a_password', ['sec', 'rex\x7ft\r'], '');
  scene('a newline goes to the begin of the line, unless C does without', 'prints', [], 'a\r\nb\r\nc\nd');
  scene('what is not read yet is dropped', 'drops_input', ['old\n', 'new\n'], 'old\r\nnew\r\n');

  test(`${cc}: a terminal that edits lines goes on after an end, where it gives its input again`, async () => {
    const lines = ['one\n', 'two', '', 'three\n'];
    const part = () => new ReadableStream({
      pull: (keys) => {
        const line = lines.shift();
        if (line) keys.enqueue(new TextEncoder().encode(line));
        else keys.close();
      },
    }, { highWaterMark: 0 });
    const input = () => Object.assign(part(), { setRawMode() {} });
    const made = { ...terminal().options, input: input(), again: input };
    await withApp({ fixture: 'posix_terminal', cc, posix: { terminal: made } }, async (app, clock) => {
      assert.equal(await clock.until(app.call.reads_lines_and_ends()), 0, 'the line that failed');
    });
  });

  test(`${cc}: with VMIN 0, a read ends after VTIME`, withTerminal(async (app, made, turns, clock) => {
    const result = app.call.reads_in_time();
    await turns();
    await clock.advance(500);
    await turns();
    made.type('k');
    await turns();
    assert.equal(await clock.until(result), 0, 'the line that failed');
  }));

  test(`${cc}: a read waits for VMIN keys, or until VTIME after one`, withTerminal(async (app, made, turns, clock) => {
    const result = app.call.reads_so_many();
    for (const keys of ['a', 'bc', 'd', 'e']) {
      await turns();
      made.type(keys);
    }
    await turns();
    await clock.advance(2000); // no time counts before the first
    made.type('fg');
    await turns();
    await clock.advance(500);
    assert.equal(await clock.until(result), 0, 'the line that failed');
  }));

  test(`${cc}: keys and a new size send signals`, withTerminal(async (app, made, turns, clock) => {
    const result = app.call.gets_signals();
    await turns();
    made.type('lost\x03');
    await turns();
    made.resize(132, 50);
    await turns();
    made.type('ok\n');
    await turns();
    assert.equal(await clock.until(result), 0, 'the line that failed');
    assert.equal(made.shown, 'lost^Cok\r\n');
  }));

  test(`${cc}: a key whose signal C does not handle cancels the tasks, or is for the option`, async () => {
    await withTerminal(async (app, made, turns) => {
      const reading = app.call.reads_a_line();
      await turns();
      made.type('\x03');
      await turns();
      assert.notEqual(await reading, 0);
    })();
    const signals = [];
    const made = terminal();
    made.options.signal = (signal) => signals.push(signal);
    await withApp({ fixture: 'posix_terminal', cc, posix: { terminal: made.options } }, async (app, clock) => {
      const reading = app.call.reads_a_line();
      await clock.advance(0);
      made.type('\x1c\x1a\x03a\n');
      assert.equal(await reading, 0);
    });
    assert.deepEqual(signals, ['SIGQUIT', 'SIGTSTP', 'SIGINT']);
  });

  test(`${cc}: a terminal that edits lines is asked for raw keys, and again for lines`, async () => {
    const modes = [];
    await withTerminal(async (app, made, turns, clock) => {
      const line = app.call.reads_a_line();
      await turns();
      made.type('as it is\r\n'); // it has edited and shown it
      assert.equal(await line, 0);
      assert.deepEqual([made.shown, modes], ['<as it is\r\r\n>', []]);
      const keys = app.call.reads_keys();
      for (const text of ['a', '\x1b[A', '\x03']) {
        await turns();
        assert.deepEqual(modes, [true]);
        made.type(text);
      }
      await turns();
      assert.equal(await clock.until(keys), 0);
      assert.deepEqual(modes, [true, false]);
    }, (raw) => modes.push(raw))();
  });

  test(`${cc}: a terminal is left as it was, also by a program that ends in its mode`, async () => {
    const modes = [];
    await withTerminal(async (app, made, turns) => {
      app.call.reads_keys().catch(() => {});
      await turns();
    }, (raw) => modes.push(raw))();
    assert.deepEqual(modes, [true, false]);
  });

  test(`${cc}: without a terminal, its functions fail with ENOTTY`, () => withApp({ fixture: 'posix_terminal', cc },
    async (app, clock) => {
      assert.equal(await clock.until(app.call.has_none()), 0, 'the line that failed');
    }));

  test(`${cc}: a terminal without an output is refused`, async () => {
    for (const given of ['tty', {}, { output: {} }, { input: 1, output: { write() {} } }]) {
      const options = { fixture: 'posix_terminal', cc, posix: { terminal: given } };
      await assert.rejects(withApp(options, () => {}), /: option 'posix': option 'terminal' must be an object with/);
    }
  });
}
