/**
 * The body of a response that has no end for now. What is written during a turn leaves in one piece; what the client has
 * not taken is counted; what it does not take after the end is cut off. It knows bytes, not messages.
 */
import type { ServerResponse } from "node:http";

import type { Cancel, Clock } from "@tautline/hub";

export class ResponseStream {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  #gathered: Uint8Array[] = [];
  #bufferedBytes = 0;
  #ended = false;
  #cancelCut: Cancel | undefined;

  /** The response's head has been written. `onClose` is called once, whoever ended it. */
  constructor(response: ServerResponse, clock: Clock, onClose: () => void) {
    this.#response = response;
    this.#clock = clock;
    response.on("error", () => response.destroy());
    response.once("close", () => {
      this.#cancelCut?.();
      onClose();
    });
  }

  /** Bytes that were written here and are not with the operating system. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  write(parts: readonly Uint8Array[]): void {
    if (this.#ended) return;
    if (this.#gathered.length === 0) queueMicrotask(() => this.#flush());
    for (const part of parts) {
      this.#gathered.push(part);
      this.#bufferedBytes += part.byteLength;
    }
  }

  /** Ends the body; a client that has not taken all of it after `closeTimeoutMs` is cut off. */
  end(closeTimeoutMs: number): void {
    if (this.#ended) return;
    this.#flush();
    this.#ended = true;
    this.#cancelCut = this.#clock.schedule(() => this.#response.destroy(), closeTimeoutMs);
    this.#response.end();
  }

  #flush(): void {
    if (this.#gathered.length === 0) return;
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#response.write(bytes, () => {
      this.#bufferedBytes -= bytes.length;
    });
  }
}
