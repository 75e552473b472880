/**
 * The class `Receiver` of `ws`: a Writable that takes a peer's bytes and emits `message`, `ping`, `pong` and `conclude`.
 * The engine reads them; it is here for those who have bytes and no WebSocket.
 */
import { Engine } from "@tautline/protocol";
import type { CloseStatus, EngineEvents } from "@tautline/protocol";
import { Writable } from "node:stream";
import type { BinaryType, SocketOptions } from "./constants.ts";
import { EventLine } from "./event-line.ts";
import { frameError } from "./frame-errors.ts";
import { engineSettings, leniency, platformFor, reasonBytes } from "./link-settings.ts";
import { formed } from "./message-form.ts";
import { asBuffer } from "./payload.ts";
import { extensionName, openDeflate } from "./per-message-deflate.ts";
import type { PerMessageDeflate } from "./per-message-deflate.ts";

export interface ReceiverOptions extends SocketOptions {
  readonly binaryType?: BinaryType | undefined;
  /** What was agreed on. */
  readonly extensions?: Record<string, PerMessageDeflate | undefined> | undefined;
  /** Whose side this is: a server's frames come from a client, and are masked. Default false. */
  readonly isServer?: boolean | undefined;
}

type Done = (error?: Error | null) => void;

export class Receiver extends Writable {
  _binaryType: BinaryType;
  readonly _extensions: Record<string, PerMessageDeflate | undefined>;
  readonly _isServer: boolean;
  readonly _maxPayload: number;
  readonly _maxFragments: number;
  readonly _maxBufferedChunks: number;
  readonly _allowSynchronousEvents: boolean;
  readonly _skipUTF8Validation: boolean;
  readonly #options: ReceiverOptions;
  readonly #line: EventLine | undefined;
  #engine: Engine | undefined;
  #error: Error | undefined;
  #concluded = false;
  /** The chunk that is being worked on. */
  #done: Done | undefined;

  constructor(options: ReceiverOptions = {}) {
    super();
    this.#options = options;
    this._binaryType = options.binaryType ?? "nodebuffer";
    this._extensions = options.extensions ?? {};
    this._isServer = Boolean(options.isServer);
    this._maxPayload = (options.maxPayload ?? 0) | 0;
    this._maxFragments = (options.maxFragments ?? 0) | 0;
    this._maxBufferedChunks = (options.maxBufferedChunks ?? 0) | 0;
    this._allowSynchronousEvents = options.allowSynchronousEvents ?? true;
    this._skipUTF8Validation = Boolean(options.skipUTF8Validation);
    this.#line = this._allowSynchronousEvents ? undefined : new EventLine();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#concluded) {
      done();
      return;
    }
    this.#done = done;
    this.#engine ??= this.#open();
    this.#engine.receive(chunk, 0);
    this.#settle();
  }

  readonly #events: EngineEvents = {
    text: () => {
      // Texts come as bytes.
    },
    utf8: (message) => this.#tell(() => this.emit("message", asBuffer(message), false)),
    binary: (message) => {
      this.#tell(() => this.emit("message", formed(asBuffer(message), this._binaryType), true));
    },
    ping: (payload) => this.#tell(() => this.emit("ping", asBuffer(payload))),
    pong: (payload) => this.#tell(() => this.emit("pong", asBuffer(payload))),
    closeReceived: (status) => this.#conclude(status),
    failed: (error) => {
      this.#error = frameError(error);
    },
    closed: () => {
      // A receiver knows of no connection.
    },
  };

  #conclude({ code, reason }: CloseStatus): void {
    this.#concluded = true;
    const conclude = (): void => {
      this.emit("conclude", code, reasonBytes(reason, this.#options));
      this.end();
    };
    if (this.#line?.waiting) this.#line.add(conclude);
    else conclude();
  }

  #open(): Engine {
    const role = this._isServer ? "server" : "client";
    const options = this.#options;
    const deflate = this._extensions[extensionName];
    return new Engine({
      ...engineSettings(role, options, nothingSent),
      role,
      events: this.#events,
      platform: platformFor(options),
      leniency: leniency(options, false),
      transform: deflate === undefined ? undefined : openDeflate(deflate),
      ready: () => {
        this.#engine?.proceed(0);
        this.#settle();
      },
      now: 0,
    });
  }

  #tell(event: () => void): void {
    if (this.#line === undefined) event();
    else this.#line.add(event);
  }

  /** Lets the next chunk come, unless something waits. */
  #settle(): void {
    if (this.#engine?.holdsBack) return;
    const done = this.#done;
    this.#done = undefined;
    const finish = (): void => done?.(this.#error);
    if (this.#line?.waiting) this.#line.add(finish);
    else finish();
  }
}

const nothingSent = { autoPong: false, closeTimeout: undefined };
