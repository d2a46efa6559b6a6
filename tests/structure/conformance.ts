/** The declarations for users, compared with the code that implements them: `npm run check` reads this file. */
import type * as declared from '../../js/lull.js';
import { App } from '../../js/core/app.js';
import { Task } from '../../js/core/task.js';
import { Channel } from '../../js/features/channel.js';
import { Stream } from '../../js/features/stream.js';
import { LullError } from '../../js/marshal/errors.js';
import * as node from '../../node/index.js';
import * as web from '../../web/index.js';
import * as workerd from '../../web/workerd.js';

declare const { app, task, stream, channel }: { app: App; task: Task; stream: Stream; channel: Channel };

node.load satisfies typeof declared.load;
web.load satisfies typeof declared.load;
workerd.load satisfies (source: WebAssembly.Module, options?: declared.LoadOptions) => Promise<declared.App>;
app satisfies declared.App;
task satisfies declared.Task<unknown>;
stream satisfies declared.Stream<unknown>;
channel satisfies declared.Channel<unknown>;
LullError satisfies typeof declared.LullError;
