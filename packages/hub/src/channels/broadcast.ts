/**
 * One push on its way to many clients. It is encoded and framed at most once for each format, when the first client with
 * that format asks for it.
 */

import type { Codec, Push } from "@tautline/wire";
import type { Prepare, PreparedMessage } from "../ports/client-connection.ts";

export class Broadcast {
  readonly #push: Push | undefined;
  readonly #prepare: Prepare;
  readonly #prepared = new Map<Codec, PreparedMessage>();

  /** Without a push it is the protocol's ping. */
  constructor(prepare: Prepare, push?: Push) {
    this.#prepare = prepare;
    this.#push = push;
  }

  /** The message for connections that speak `codec`. */
  for(codec: Codec): PreparedMessage {
    let prepared = this.#prepared.get(codec);
    if (prepared === undefined) {
      const reply = this.#push === undefined ? {} : { push: this.#push };
      prepared = this.#prepare(codec.encodeReply(reply));
      this.#prepared.set(codec, prepared);
    }
    return prepared;
  }
}
