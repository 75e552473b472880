/**
 * What arrives on a connection, one chunk after the other: whole messages, or the chunks of messages that are received as
 * streams, where the borders between messages have no meaning.
 */
import { UsageError } from "@tautline/protocol";
import type { Connection } from "../connection/connection.ts";
import type { Message } from "../connection/message-queue.ts";
import type { MessageStream } from "../connection/message-stream.ts";

export interface MessageChunks {
  /** The next chunk, or `undefined` when there will be none. Rejects where a message is cut off. */
  next(): Promise<Message | undefined>;
  /** Nobody reads any more, and the peer's Close frame is to be reached all the same. */
  letGo(): void;
}

/** @throws UsageError `USAGE_RECEIVE` when chunks are to be whole messages, and cannot be */
export function messageChunks(connection: Connection, wholeMessages: boolean): MessageChunks {
  if (connection.receive === "messages") return new WholeMessages(connection);
  if (wholeMessages) throw new UsageError("USAGE_RECEIVE", "object mode needs whole messages");
  return new StreamedMessages(connection);
}

class WholeMessages implements MessageChunks {
  readonly #connection: Connection;
  readonly #messages: AsyncIterator<Message, undefined>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#messages = connection[Symbol.asyncIterator]();
  }

  async next(): Promise<Message | undefined> {
    return (await this.#messages.next()).value;
  }

  letGo(): void {
    this.#connection.onMessage(() => undefined);
    this.#connection.resume();
  }
}

class StreamedMessages implements MessageChunks {
  readonly #connection: Connection;
  readonly #streams: AsyncIterator<MessageStream, undefined>;
  #stream: MessageStream | undefined;
  #chunks: AsyncIterator<Message, undefined> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#streams = connection.messageStreams();
  }

  async next(): Promise<Message | undefined> {
    for (;;) {
      if (this.#chunks === undefined) {
        this.#stream = (await this.#streams.next()).value;
        if (this.#stream === undefined) return undefined;
        this.#chunks = this.#stream[Symbol.asyncIterator]();
      }
      const { value } = await this.#chunks.next();
      if (value !== undefined) return value;
      this.#chunks = undefined;
    }
  }

  letGo(): void {
    this.#stream?.cancel();
    this.#connection.onMessageStream((stream) => stream.cancel());
    this.#connection.resume();
  }
}
