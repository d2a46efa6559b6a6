import type { Host, HostContext } from 'lull';
import { fetcher, files, nodeHost, net, stdin, websocket } from 'lull/host';
import { load, type Program } from './app.js';
import { expect } from './expect.js';

// Host functions get what C gives, return what C gets or a promise of it, and have a context.
const host: Host<Program['host']> = {
  async fetch_text(url) {
    expect<string | null>()(url);
    expect<AbortSignal>()(this.signal);
    expect<{ readonly id: number; readonly name: string } | undefined>()(this.task);
    return (await fetch(url ?? '', { signal: this.signal })).text();
  },
  show(what, loud) {
    expect<HostContext>()(this);
    expect<unknown>()(what);
    expect<boolean>()(loud);
  },
};
await load({ host });
await load({ host: { fetch_text: (url) => `${url}`.toUpperCase(), show: async () => {} } });
await load({ host: { fetch_text: () => '', show() {}, ...files() } });

// Those that the program does not declare are ignored.
await load({ host: { fetch_text: () => '', show() {}, another: () => 1, ...nodeHost() } });

const show = () => {};
// @ts-expect-error: options are needed where the program needs host functions
await load();
// @ts-expect-error: host is needed
await load({});
// @ts-expect-error: fetch_text is missing
await load({ host: { show } });
// @ts-expect-error: fetch_text returns a string
await load({ host: { fetch_text: () => 1, show } });
// @ts-expect-error: or the promise of one
await load({ host: { fetch_text: async () => 1, show } });
// @ts-expect-error: and gets one
await load({ host: { fetch_text: (url: number) => '', show } });
// @ts-expect-error: C gives one argument
await load({ host: { fetch_text: (url: string | null, again: number) => '', show } });
// @ts-expect-error: a string is no function
await load({ host: { fetch_text: 'text', show } });
// @ts-expect-error: the context has no such member
await load({ host: { fetch_text() { return this.app; }, show } });
// @ts-expect-error: the task may be gone
await load({ host: { fetch_text() { return this.task.name; }, show } });
// @ts-expect-error: C may give NULL
await load({ host: { fetch_text: (url: string) => url, show } });
// @ts-expect-error: C says nothing of what a lull_ref is
await load({ host: { fetch_text: (url) => url, show: (what) => what.length } });

// The host library is made of host functions.
const all = nodeHost();
all satisfies ReturnType<typeof files> & ReturnType<typeof net> & ReturnType<typeof fetcher>;
all satisfies ReturnType<typeof stdin> & ReturnType<typeof websocket>;
stdin(process.stdin);

// @ts-expect-error: a path is no stream
stdin('/dev/stdin');
// @ts-expect-error: files has nothing of the net
files().lull_tcp_listen;
// @ts-expect-error: there is no such part
await import('lull/host').then(({ processes }) => processes);
