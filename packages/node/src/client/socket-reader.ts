/**
 * Reads a socket step by step, for a conversation that comes before the one the socket is for. What has not been read
 * when it ends is put back for whoever reads next.
 */
import type { Socket } from "node:net";

export class SocketReader {
  readonly #socket: Socket;
  #unread: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", this.#onData);
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** What is there, as soon as there is something. Never settles when the socket fails first. */
  async any(): Promise<Buffer> {
    await this.#until(1);
    const bytes = this.#unread;
    this.#unread = Buffer.alloc(0);
    return bytes;
  }

  /** The next `byteLength` bytes. Never settles when the socket fails first. */
  async exactly(byteLength: number): Promise<Buffer> {
    await this.#until(byteLength);
    const bytes = this.#unread.subarray(0, byteLength);
    this.#unread = this.#unread.subarray(byteLength);
    return bytes;
  }

  /** Bytes to be read again, before all others. */
  putBack(bytes: Uint8Array): void {
    this.#unread = Buffer.concat([bytes, this.#unread]);
  }

  /** Lets go of the socket, which is left paused, with nothing lost. */
  release(): void {
    this.#socket.off("data", this.#onData);
    this.#socket.pause();
    if (this.#unread.length > 0) this.#socket.unshift(this.#unread);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    // One read at a time: nobody waits for more than a few bytes, and what comes unasked is left in the system.
    this.#socket.pause();
    this.#wake?.();
  };

  async #until(byteLength: number): Promise<void> {
    while (this.#unread.length < byteLength) {
      this.#socket.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
