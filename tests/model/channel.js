/** Channels of the model: elements on their way from senders to receivers. */
import { EBUSY, ECLOSED, ESRCH } from '../../js/marshal/status.js';
import { failure, success, Yieldable } from './yieldable.js';

/** @import { Model } from './model.js' */
/** @import { Task } from './task.js' */
/** @import { Ending, Waiter } from './yieldable.js' */

/** Those who wait at one side of a channel. */
class Side extends Yieldable {
  /** @param {string} name @param {(waiter: Waiter) => number} pass an element, or say why not */
  constructor(name, pass) {
    super(name);
    this.pass = pass;
  }

  /** @param {Waiter} waiter */
  begin(waiter) {
    const status = this.pass(waiter);
    return status === EBUSY ? super.begin(waiter) : status;
  }

  /** The first who waits: a task does not meet itself, where both sides are cases of its choice. @param {Task | null} but */
  first(but) {
    return this.waiters.find(({ task }) => !but || task !== but);
  }
}

export class Channel {
  /** @type {number[]} */
  elements = [];
  closed = false;
  references = 1;
  sending = new Side('room in a channel', (sender) => this.send(sender));
  receiving = new Side('a channel\'s element', (receiver) => this.receive(receiver));

  /** @param {number} capacity */
  constructor(capacity) {
    this.capacity = capacity;
  }

  /** One's own wait is over before that of whom one meets. @param {Waiter} sender */
  send(sender) {
    const { task, parcel } = sender;
    if (this.closed) return ECLOSED;
    const receiver = this.receiving.first(task);
    if (!receiver && this.elements.length === this.capacity) return EBUSY;
    const element = /** @type {number} */ (parcel.element);
    if (!receiver) this.elements.push(element);
    take(sender);
    if (receiver) give(receiver, element);
    return 0;
  }

  /** @param {Waiter} receiver */
  receive(receiver) {
    const sender = this.sending.first(receiver.task);
    if (sender) this.elements.push(/** @type {number} */ (sender.parcel.element));
    const element = this.elements.shift();
    if (element === undefined) return this.closed ? ECLOSED : EBUSY;
    give(receiver, element);
    if (sender) take(sender);
    return 0;
  }

  close() {
    this.closed = true;
    this.sending.wake(failure(ECLOSED));
    this.receiving.wake(failure(ECLOSED));
    return 0;
  }

  retain() {
    this.references++;
    return 0;
  }

  release() {
    if (--this.references === 0) this.close();
    return 0;
  }
}

/** A sender's element has been taken. @param {Waiter} sender */
function take({ parcel, over }) {
  delete parcel.element;
  over(success());
}

/** @param {Waiter} receiver @param {number} element */
function give({ parcel, over }, element) {
  parcel.element = element;
  over(success());
}

/** The channel behind a handle that is not stale. @param {Channel | null | undefined} channel */
export function live(channel) {
  return channel?.references ? channel : null;
}

/** @param {Model} model @param {Channel | null} channel @param {number} element @returns {Generator<undefined, Ending>} */
export function* send(model, channel, element) {
  for (;;) {
    const parcel = { element };
    const ending = yield* wait(model, channel, 'sending', parcel);
    if (ending.status < 0 || parcel.element === undefined) return ending; // else resumed, and behind the others now
  }
}

/** @param {Model} model @param {Channel | null} channel @returns {Generator<undefined, Ending>} */
export function* receive(model, channel) {
  for (;;) {
    /** @type {{ element?: number }} */
    const parcel = {};
    const ending = yield* wait(model, channel, 'receiving', parcel);
    if (ending.status < 0) return ending;
    if (parcel.element !== undefined) return success(parcel.element);
  }
}

/** @param {Model} model @param {Channel | null} channel @param {'sending' | 'receiving'} side @param {{ element?: number }} parcel @returns {Generator<undefined, Ending>} */
function* wait(model, channel, side, parcel) {
  const refusal = model.refusal();
  if (refusal < 0) return failure(refusal);
  const open = live(channel);
  return open ? yield* model.yieldTo(open[side], parcel) : model.refused(ESRCH);
}

/** @param {Channel | null} channel @param {number} element */
export function trySend(channel, element) {
  return live(channel)?.send({ task: null, parcel: { element }, over() {} }) ?? ESRCH;
}

/** @param {Channel | null} channel @returns {{ status: number, value?: number }} */
export function tryReceive(channel) {
  const receiver = { task: null, parcel: { element: 0 }, over() {} };
  const status = live(channel)?.receive(receiver) ?? ESRCH;
  return { status, value: receiver.parcel.element };
}
