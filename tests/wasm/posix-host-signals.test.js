/** Signals that JavaScript sends to C, by the option `signals` of load. With each compiler. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilers, withApp } from './support.js';

/** The tasks that end once C has the signal. */
const SCENES = {
  pauses: 'SIGINT', waits_by_sigwait: 'SIGUSR1', pauses_as_lull_does: 'SIGTERM', blocks: 'SIGHUP', ignores: 'SIGQUIT',
  reads: 'SIGWINCH',
};

for (const cc of compilers) {
  const withSignals = (body) => async () => {
    let stopped = 0;
    let send;
    const signals = (given) => {
      send = given;
      return () => stopped++;
    };
    await withApp({ fixture: 'posix_host_signals', cc, wasi: {}, posix: { signals } }, (app, clock, reports) =>
      body(app, clock, (name) => send(name), reports));
    assert.equal(stopped, 1);
    assert.equal(send('SIGINT'), false, 'after the end');
  };

  for (const [name, signal] of Object.entries(SCENES)) {
    test(`${cc}: ${name.replaceAll('_', ' ')}, until ${signal} comes`, withSignals(async (app, clock, send) => {
      assert.equal(send(signal), false, 'C does not act on it yet');
      const result = app.call[name]();
      await clock.advance(0);
      assert.equal(send(signal), true);
      assert.equal(await clock.until(result), 0, 'the line that failed');
      assert.equal(send(signal), false, 'C has left it to the host again');
    }));
  }

  test(`${cc}: SIGPIPE has a handler, is ignored, or is an error alone`, withSignals(async (app) => {
    assert.equal(await app.call.breaks_pipes(), 0, 'the line that failed');
  }));

  test(`${cc}: a signal that the C library does not have is not C's`, withSignals(async (app, clock, send) => {
    for (const name of ['SIGKILL', 'SIGNONE', '', 'constructor']) assert.equal(send(name), false, name);
  }));

  test(`${cc}: a wait for a signal is no deadlock where the host sends some, and is one elsewhere`, async () => {
    await withSignals(async (app, clock, send) => {
      const paused = app.call.pauses();
      await clock.advance(0);
      const idle = app.idle();
      assert.equal(await Promise.race([idle.then(() => 'idle'), clock.advance(1).then(() => 'waits')]), 'waits');
      send('SIGINT');
      assert.equal(await paused, 0);
      await idle;
    })();
    await withApp({ fixture: 'posix_host_signals', cc, wasi: {} }, async (app, clock) => {
      app.call.pauses().catch(() => {});
      await clock.advance(0);
      await assert.rejects(app.idle(), { code: 'ERR_LULL_DEADLOCK' });
    });
  });

  test(`${cc}: the option must be a function`, async () => {
    const options = { fixture: 'posix_host_signals', cc, wasi: {}, posix: { signals: 'all' } };
    await assert.rejects(withApp(options, () => {}), {
      message: "load: option 'posix': option 'signals' must be a function, not \"all\"",
    });
  });
}
