/**
 * The receiver of an open connection, for those who reach for `_receiver`: its options, a Writable that takes bytes as if
 * the peer had sent them, and the events that the WebSocket's own come from. The engine receives; where nobody asks for
 * it, there is none.
 */
import type { BinaryType } from "./constants.ts";
import type { Link } from "./link.ts";
import type { PerMessageDeflate } from "./per-message-deflate.ts";
import { Receiver } from "./receiver.ts";

/** Whose receiver it is. */
interface ReceiverOwner {
  _binaryType: BinaryType;
  emit(event: string, ...args: unknown[]): boolean;
  readonly _extensions: Record<string, PerMessageDeflate | undefined>;
}

export class LinkReceiver extends Receiver {
  readonly #link: Link;

  constructor(link: Link, owner: ReceiverOwner) {
    super({
      ...link.options,
      isServer: link.isServer,
      binaryType: owner._binaryType,
      extensions: owner._extensions,
    });
    this.#link = link;
    Object.defineProperty(this, "_binaryType", {
      get: () => owner._binaryType,
      set: (type: BinaryType) => {
        owner._binaryType = type;
      },
    });
    for (const event of ["message", "ping", "pong"]) {
      this.on(event, (...args: unknown[]) => void owner.emit(event, ...args));
    }
    this.on("error", (error) => link.emitError(error));
    link.tellFirst(this);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    // The engine unmasks where the bytes lie.
    this.#link.feed(Buffer.from(chunk));
    done();
  }
}
