/**
 * Messages that have arrived and that nobody has taken yet, in order, with those who wait for the next one.
 *
 * The queue says when it is full and when there is room again. It refuses nothing: what was read before the reading
 * stopped is kept, so the bounds are passed by at most what one read brings.
 */

/**
 * A message as it was sent: text as a string or, where the option `receiveText` says so, as a `Utf8Text`; binary as bytes that belong
 * to whoever receives them.
 */
export type Message = string | Uint8Array;

export interface MessageQueueLimits {
  /** Messages. */
  readonly maxUnreadMessages: number;
  /** Bytes; for text, UTF-16 units, which is what it costs in memory. */
  readonly maxUnreadBytes: number;
}

type Taker = (result: IteratorResult<Message, undefined>) => void;

const done: IteratorResult<Message, undefined> = Object.freeze({ done: true, value: undefined });

export class MessageQueue {
  readonly #limits: MessageQueueLimits;
  #messages: Message[] = [];
  /** Where the first message stands that has not been taken. */
  #head = 0;
  #bytes = 0;
  #takers: Taker[] = [];
  #ended = false;

  constructor(limits: MessageQueueLimits) {
    this.#limits = limits;
  }

  /** Messages that wait. */
  get size(): number {
    return this.#messages.length - this.#head;
  }

  /** No more should be read until there is room. */
  get full(): boolean {
    return (
      this.size >= this.#limits.maxUnreadMessages || this.#bytes >= this.#limits.maxUnreadBytes
    );
  }

  /** At most half of what is allowed waits: reading may go on, and will not have to stop again at once. */
  get hasRoom(): boolean {
    return (
      this.size <= this.#limits.maxUnreadMessages / 2 &&
      this.#bytes <= this.#limits.maxUnreadBytes / 2
    );
  }

  /** Gives `message` to the first who waits, or keeps it. */
  push(message: Message): void {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker({ done: false, value: message });
      return;
    }
    this.#messages.push(message);
    this.#bytes += message.length;
  }

  /** Takes the first message out, or `undefined` when there is none. */
  shift(): Message | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    this.#head += 1;
    this.#bytes -= message.length;
    // Moving the rest to the front costs something each time, so it is done when at least half is dead.
    if (this.#head * 2 >= this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  /** The next message when it comes, or the end once all messages have been taken. */
  take(): Promise<IteratorResult<Message, undefined>> {
    const message = this.shift();
    if (message !== undefined) return Promise.resolve({ done: false, value: message });
    if (this.#ended) return Promise.resolve(done);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
    });
  }

  /** Nothing more will come. What waits can still be taken. */
  end(): void {
    this.#ended = true;
    const takers = this.#takers;
    this.#takers = [];
    for (const taker of takers) taker(done);
  }
}
