/**
 * Messages that arrive as streams, and who gets them: listeners when there are any, otherwise a queue that an
 * asynchronous loop or a later listener empties.
 *
 * It holds the reading back when the application does not keep up, as the inbox of whole messages does and by the same
 * limits.
 */
import { ConnectionFailed } from "@tautline/protocol";
import type { ConnectionEnd, MessageParts } from "@tautline/protocol";
import { endedError } from "./ended-error.ts";
import { freeFlow } from "./inbox.ts";
import type { ReadFlow } from "./inbox.ts";
import { IncomingParts } from "./incoming-parts.ts";
import type { PartKeeper } from "./incoming-parts.ts";
import { Listeners } from "./listeners.ts";
import type { Listener, Unsubscribe } from "./listeners.ts";
import type { MessageQueueLimits } from "./message-queue.ts";
import { MessageStream } from "./message-stream.ts";

type Taker = (result: IteratorResult<MessageStream, undefined>) => void;

const done: IteratorResult<MessageStream, undefined> = Object.freeze({
  done: true,
  value: undefined,
});

export class StreamInbox implements MessageParts, PartKeeper {
  #flow: ReadFlow = freeFlow;
  readonly #limits: MessageQueueLimits;
  readonly #listeners = new Listeners<MessageStream>();
  /** Streams that nobody has got. */
  #queue: MessageStream[] = [];
  #takers: Taker[] = [];
  /** The message that is arriving, unless nobody can have it. */
  #arriving: IncomingParts | undefined;
  /** Bytes kept, of all messages. */
  #unreadBytes = 0;
  /** Messages that are complete and not read to their end. */
  #unreadMessages = 0;
  /** The application asked for a pause. */
  #paused = false;
  /** Streams wait for listeners and will be given to them soon. */
  #emptying = false;
  #ended = false;

  constructor(limits: MessageQueueLimits) {
    this.#limits = limits;
  }

  /** Holds the peer back through `flow` from now on. */
  holdBackBy(flow: ReadFlow): void {
    this.#flow = flow;
  }

  begin(type: "text" | "binary"): void {
    // The peer cannot be held back any more, and too much waits already.
    if (this.#full && !this.#flow.canPause) return;
    const parts = new IncomingParts(this);
    this.#arriving = parts;
    this.#give(new MessageStream(type, parts));
  }

  part(bytes: Uint8Array): void {
    const arriving = this.#arriving;
    if (arriving === undefined) return;
    this.#unreadBytes += arriving.add(bytes);
    if (!this.#full) return;
    if (this.#flow.canPause) this.#flow.pauseReading();
    else
      arriving.fail(new ConnectionFailed("CONNECTION_CLOSED", "the message was not read in time"));
  }

  /** The message that arrives is complete. */
  end(): void {
    const arriving = this.#arriving;
    this.#arriving = undefined;
    if (arriving?.complete() !== true) return;
    this.#unreadMessages += 1;
    if (this.#full) this.#flow.pauseReading();
  }

  released(byteLength: number): void {
    this.#unreadBytes -= byteLength;
    this.#resumeIfRoom();
  }

  finished(): void {
    this.#unreadMessages -= 1;
    this.#resumeIfRoom();
  }

  onMessageStream(listener: Listener<MessageStream, void>): Unsubscribe {
    const unsubscribe = this.#listeners.add(listener);
    this.#emptySoon();
    return unsubscribe;
  }

  /**
   * The streams, for an asynchronous loop. One that nobody has begun to read when the next is asked for is cancelled: the
   * next cannot come before it is out of the way.
   */
  streams(): AsyncIterableIterator<MessageStream> {
    let last: MessageStream | undefined;
    const iterator: AsyncIterableIterator<MessageStream> = {
      next: async () => {
        if (last?.begun === false) last.cancel();
        const step = await this.#take();
        last = step.value;
        return step;
      },
      return: () => Promise.resolve(done),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** Gives no more streams to listeners and stops reading, until {@link resume}. */
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

  /** Nothing more will come. What waits can still be read. */
  closed(end: ConnectionEnd): void {
    this.#ended = true;
    this.#paused = false;
    this.#arriving?.fail(endedError(end));
    this.#arriving = undefined;
    this.#empty();
    const takers = this.#takers;
    this.#takers = [];
    for (const taker of takers) taker(done);
  }

  get #full(): boolean {
    const { maxUnreadBytes, maxUnreadMessages } = this.#limits;
    return this.#unreadBytes >= maxUnreadBytes || this.#unreadMessages >= maxUnreadMessages;
  }

  #take(): Promise<IteratorResult<MessageStream, undefined>> {
    const stream = this.#queue.shift();
    if (stream !== undefined) return Promise.resolve({ done: false, value: stream });
    if (this.#ended) return Promise.resolve(done);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
    });
  }

  #give(stream: MessageStream): void {
    const mustWait = this.#paused || this.#queue.length > 0;
    if (!mustWait && this.#listeners.size > 0) {
      this.#listeners.emit(stream);
      return;
    }
    const taker = this.#takers.shift();
    if (taker === undefined) this.#queue.push(stream);
    else taker({ done: false, value: stream });
  }

  /** A listener that has just been added gets what waits after its owner has finished setting up. */
  #emptySoon(): void {
    if (this.#emptying || this.#queue.length === 0) return;
    this.#emptying = true;
    queueMicrotask(() => {
      this.#emptying = false;
      this.#empty();
    });
  }

  #empty(): void {
    while (!this.#paused && this.#listeners.size > 0) {
      const stream = this.#queue.shift();
      if (stream === undefined) return;
      this.#listeners.emit(stream);
    }
  }

  #resumeIfRoom(): void {
    if (this.#paused || this.#ended) return;
    const { maxUnreadBytes, maxUnreadMessages } = this.#limits;
    const hasRoom =
      this.#unreadBytes <= maxUnreadBytes / 2 && this.#unreadMessages <= maxUnreadMessages / 2;
    if (hasRoom) this.#flow.resumeReading();
  }
}
