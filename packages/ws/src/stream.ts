/**
 * `createWebSocketStream`: a WebSocket as a Duplex stream of bytes, a message for each chunk written.
 */
import { Duplex } from "node:stream";
import type { DuplexOptions } from "node:stream";
import { CLOSED, CONNECTING } from "./constants.ts";
import type { WebSocket } from "./web-socket.ts";

type Done = (error?: Error | null) => void;

/** Wraps `websocket`, whose messages and end are the stream's from now on. */
export function createWebSocketStream(websocket: WebSocket, options?: DuplexOptions): Duplex {
  return new WebSocketDuplex(websocket, options);
}

class WebSocketDuplex extends Duplex {
  readonly #websocket: WebSocket;
  #terminateOnDestroy = true;

  constructor(websocket: WebSocket, options: DuplexOptions | undefined) {
    super({
      ...options,
      autoDestroy: false,
      emitClose: false,
      objectMode: false,
      writableObjectMode: false,
    });
    this.#websocket = websocket;
    // Those who wrap them call them alone.
    this._read = this._read.bind(this);
    this._write = this._write.bind(this);
    this._final = this._final.bind(this);
    this._destroy = this._destroy.bind(this);
    websocket.on("message", (message, isBinary) => {
      const data = !isBinary && this.readableObjectMode ? (message as Buffer).toString() : message;
      if (!this.push(data)) websocket.pause();
    });
    websocket.once("error", (error) => {
      if (this.destroyed) return;
      // The connection sees to its own end: a Close frame may still be on its way.
      this.#terminateOnDestroy = false;
      this.destroy(error);
    });
    websocket.once("close", () => {
      if (!this.destroyed) this.push(null);
    });
    this.on("end", () => {
      if (!this.destroyed && this.writableFinished) this.destroy();
    });
    this.on("error", this.#onError);
  }

  override _destroy(error: Error | null, done: Done): void {
    const websocket = this.#websocket;
    if (websocket.readyState === CLOSED) {
      done(error);
      process.nextTick(() => this.emit("close"));
      return;
    }
    let called = false;
    websocket.once("error", (cause) => {
      called = true;
      done(cause);
    });
    websocket.once("close", () => {
      if (!called) done(error);
      process.nextTick(() => this.emit("close"));
    });
    if (this.#terminateOnDestroy) websocket.terminate();
  }

  override _final(done: Done): void {
    const websocket = this.#websocket;
    if (websocket.readyState === CONNECTING) {
      websocket.once("open", () => this._final(done));
      return;
    }
    const socket = websocket._socket;
    // The handshake has failed: an error is about to be emitted.
    if (socket === null) return;
    if (socket.writableFinished) {
      done();
      if (this.readableEnded) this.destroy();
      return;
    }
    // The end of what can be read comes with the connection's end.
    socket.once("finish", () => {
      done();
    });
    websocket.close();
  }

  override _read(): void {
    if (this.#websocket.isPaused) this.#websocket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: Done): void {
    const websocket = this.#websocket;
    if (websocket.readyState === CONNECTING) {
      websocket.once("open", () => this._write(chunk, encoding, done));
      return;
    }
    websocket.send(chunk, done);
  }

  /** An error destroys the stream, and is not hidden from those who do not listen. */
  readonly #onError = (error: Error): void => {
    this.removeListener("error", this.#onError);
    this.destroy();
    if (this.listenerCount("error") === 0) this.emit("error", error);
  };
}
