/**
 * What has arrived on a connection, and who gets it: listeners when there are any, otherwise a queue that an
 * asynchronous loop or a later listener empties. No message is lost because nobody listened yet, and none is taken
 * out of order.
 *
 * The inbox holds the reading back when the application does not keep up. It does not know how.
 */
import { Listeners } from "./listeners.ts";
import type { Listener, Unsubscribe } from "./listeners.ts";
import { MessageQueue } from "./message-queue.ts";
import type { Message, MessageQueueLimits } from "./message-queue.ts";

/** How the inbox holds the peer back. */
export interface ReadFlow {
  /** Once the connection closes, reading goes on: the peer's Close frame must be reached (RFC 6455 §7.1.1). */
  readonly canPause: boolean;
  pauseReading(): void;
  resumeReading(): void;
}

/** Before there is anything to hold back. */
export const freeFlow: ReadFlow = Object.freeze({
  canPause: true,
  pauseReading: () => undefined,
  resumeReading: () => undefined,
});

export class Inbox {
  #flow: ReadFlow = freeFlow;
  readonly #limits: MessageQueueLimits;
  readonly #listeners = new Listeners<Message>();
  /** Made when the first message has to wait. */
  #queue: MessageQueue | undefined;
  /** The application asked for a pause. */
  #paused = false;
  /** Messages wait for listeners and will be given to them soon. */
  #emptying = false;
  #ended = false;

  constructor(limits: MessageQueueLimits) {
    this.#limits = limits;
  }

  /** Holds the peer back through `flow` from now on. */
  holdBackBy(flow: ReadFlow): void {
    this.#flow = flow;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** A message has come. */
  receive(message: Message): void {
    const mustWait = this.#paused || (this.#queue !== undefined && this.#queue.size > 0);
    if (!mustWait && this.#listeners.size > 0) {
      this.#listeners.emit(message);
      return;
    }
    const queue = this.#openQueue();
    // Nobody takes the messages and the peer cannot be held back any more: the rest is dropped.
    if (queue.full && !this.#flow.canPause) return;
    queue.push(message);
    if (queue.full) this.#flow.pauseReading();
  }

  onMessage(listener: Listener<Message, void>): Unsubscribe {
    const unsubscribe = this.#listeners.add(listener);
    this.#emptySoon();
    return unsubscribe;
  }

  /** The next message for an asynchronous loop. */
  take(): Promise<IteratorResult<Message, undefined>> {
    const next = this.#openQueue().take();
    this.#resumeIfRoom();
    return next;
  }

  /** Gives nothing more to listeners and stops reading, until {@link resume}. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#flow.pauseReading();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#empty();
    this.#resumeIfRoom();
  }

  /** No more messages will come. Listeners get those that waited for them before the end is told. */
  end(): void {
    this.#ended = true;
    this.#paused = false;
    this.#empty();
    this.#queue?.end();
  }

  #openQueue(): MessageQueue {
    if (this.#queue === undefined) {
      this.#queue = new MessageQueue(this.#limits);
      if (this.#ended) this.#queue.end();
    }
    return this.#queue;
  }

  /** A listener that has just been added gets what waits after its owner has finished setting up. */
  #emptySoon(): void {
    if (this.#emptying || this.#queue === undefined || this.#queue.size === 0) return;
    this.#emptying = true;
    queueMicrotask(() => {
      this.#emptying = false;
      this.#empty();
      this.#resumeIfRoom();
    });
  }

  #empty(): void {
    const queue = this.#queue;
    if (queue === undefined) return;
    while (!this.#paused && this.#listeners.size > 0) {
      const message = queue.shift();
      if (message === undefined) return;
      this.#listeners.emit(message);
    }
  }

  #resumeIfRoom(): void {
    if (this.#paused || this.#ended) return;
    if (this.#queue === undefined || this.#queue.hasRoom) this.#flow.resumeReading();
  }
}
