/**
 * The receiver of an open connection, as those see it who look at `_receiver`: its options, and a Writable that takes
 * bytes as if the peer had sent them. What comes of them is told by the WebSocket.
 */
import type { BinaryType } from "./constants.ts";
import type { Link } from "./link.ts";
import type { PerMessageDeflate } from "./per-message-deflate.ts";
import { Receiver } from "./receiver.ts";

/** Whose receiver it is. */
interface ReceiverOwner {
  _binaryType: BinaryType;
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
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    // The engine unmasks where the bytes lie.
    this.#link.feed(Buffer.from(chunk));
    done();
  }
}
