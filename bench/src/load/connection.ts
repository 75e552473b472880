/**
 * One connection of the generator: its handshake, its messages out of the rotation of payloads, and the comparison of
 * what comes back. Who sends when is the scenario's to say.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { constants, inflateRawSync } from "node:zlib";
import { openCarrier } from "./carrier.ts";
import type { Carrier } from "./carrier.ts";
import { MessageReader } from "./message-reader.ts";
import type { Received } from "./message-reader.ts";
import { frame } from "./payloads.ts";
import type { Payloads } from "./payloads.ts";
import type { Settings } from "./settings.ts";

export interface ConnectionEvents {
  opened(connection: LoadConnection): void;
  /** A message has come, and is as it must be. */
  message(connection: LoadConnection, whole: boolean): void;
  /** The closing handshake is over and the socket has ended. */
  closed(connection: LoadConnection): void;
  failed(connection: LoadConnection, why: string): void;
  readonly seen: { extension: string; bytes: number };
}

const offers = {
  none: "",
  fresh:
    "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n",
  browser: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
};

const firstBytes = 8;
const tail = Buffer.from([0, 0, 0xff, 0xff]);
/** The ping of the hub's protocol, a line of its own. */
const hubPing = /^\{\}$/mu;

export class LoadConnection {
  readonly index: number;
  readonly started: number = performance.now();
  #open = false;
  #received = 0;
  #inFlight = 0;
  /** When the messages in flight were sent or due, in ms; a publisher's answers are not its own. */
  readonly #times: number[] = [];
  readonly #settings: Settings;
  readonly #payloads: Payloads;
  readonly #events: ConnectionEvents;
  readonly #publisher: boolean;
  #stream: Duplex | undefined;
  readonly #giveUp: () => void;
  readonly #reader = new MessageReader();
  #head: Buffer | undefined = Buffer.alloc(0);
  #accept = "";
  #nextOut: number;
  #nextIn: number;
  #rawOffset = 0;
  #closing: "no" | "sent" | "answered" = "no";
  #over = false;
  /** What the server's compressor has sent so far, where it takes context over. */
  #history: Buffer | undefined;

  constructor(index: number, settings: Settings, payloads: Payloads, events: ConnectionEvents) {
    this.index = index;
    this.#settings = settings;
    this.#payloads = payloads;
    this.#events = events;
    this.#publisher = settings.mode === "fanout" && index === 0;
    const { publisherPort, sources, mode } = settings;
    const port = (this.#publisher ? publisherPort : undefined) ?? settings.port;
    const turn = mode === "fanout" ? 0 : index % payloads.plain.length;
    this.#nextOut = turn;
    this.#nextIn = turn;
    const localAddress = sources > 0 ? `127.0.0.${2 + (index % sources)}` : undefined;
    this.#giveUp = openCarrier({ ...settings, port }, localAddress, {
      ready: (carrier) => this.#connected(carrier),
      failed: (why) => this.#fail(why),
    });
  }

  get open(): boolean {
    return this.#open;
  }

  /** Messages that have come, greetings not counted. */
  get received(): number {
    return this.#received;
  }

  /** Messages sent and not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes the oldest message as answered; returns when it was sent or due, or undefined when there is none. */
  takeAnswered(): number | undefined {
    if (this.#inFlight === 0) return undefined;
    this.#inFlight -= 1;
    return this.#times.shift();
  }

  /** Sends messages; `time` is what their latency is measured from, in ms. */
  send(count: number, time: number): void {
    const frames: Buffer[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      frames.push(this.#payloads.frames[this.#nextOut] as Buffer);
      this.#nextOut = (this.#nextOut + 1) % this.#payloads.frames.length;
      if (!this.#publisher) this.#times.push(time);
    }
    if (!this.#publisher) this.#inFlight += count;
    this.#stream?.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
  }

  close(): void {
    if (this.#closing !== "no") return;
    this.#closing = "sent";
    this.#stream?.write(frame(0x88, Buffer.of(1000 >> 8, 1000 & 255)));
  }

  destroy(): void {
    this.#over = true;
    this.#giveUp();
  }

  #fail(why: string): void {
    if (this.#over || this.#closing === "answered") return;
    this.destroy();
    this.#events.failed(this, why);
  }

  #ended(): void {
    if (this.#over) return;
    if (this.#closing !== "answered") {
      this.#fail("the connection was cut");
      return;
    }
    this.#over = true;
    this.#events.closed(this);
  }

  #connected({ stream, isOpen }: Carrier): void {
    this.#stream = stream;
    stream.on("data", (bytes: Buffer) => this.#receive(bytes));
    stream.on("close", () => this.#ended());
    const { raw, path, publisherPath, port, deflate } = this.#settings;
    if (raw === 1 || isOpen) {
      this.#head = undefined;
      this.#becomeOpen();
      return;
    }
    const key = randomBytes(16).toString("base64");
    this.#accept = createHash("sha1")
      .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    const target = this.#publisher && publisherPath !== undefined ? publisherPath : path;
    this.#stream?.write(
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${offers[deflate]}\r\n`,
    );
  }

  #becomeOpen(): void {
    this.#open = true;
    this.#events.opened(this);
  }

  #receive(bytes: Buffer): void {
    this.#events.seen.bytes += bytes.length;
    try {
      if (this.#settings.raw === 1) this.#receiveRaw(bytes);
      else if (this.#head !== undefined) this.#receiveHead(bytes);
      else this.#receiveFrames(bytes);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #receiveHead(bytes: Buffer): void {
    const head = Buffer.concat([this.#head ?? Buffer.alloc(0), bytes]);
    this.#head = head;
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    this.#head = undefined;
    const text = head.toString("latin1", 0, end + 2);
    const accept = /\r\nsec-websocket-accept: *(\S+)/iu.exec(text)?.[1];
    if (!text.startsWith("HTTP/1.1 101") || accept !== this.#accept) {
      throw new Error("the handshake was refused or the accept key is wrong");
    }
    const extension = /\r\nsec-websocket-extensions: *([^\r]*)/iu.exec(text)?.[1];
    if ((extension === undefined) !== (this.#settings.deflate === "none")) {
      throw new Error("compression was not agreed on as it was offered");
    }
    this.#events.seen.extension = extension ?? "";
    const takeover = extension?.includes("server_no_context_takeover") === false;
    if (takeover) this.#history = Buffer.alloc(0);
    const { hello } = this.#settings;
    if (hello === undefined || this.#publisher) this.#becomeOpen();
    else this.#stream?.write(frame(0x81, Buffer.from(hello)));
    if (end + 4 < head.length) this.#receiveFrames(head.subarray(end + 4));
  }

  #receiveFrames(bytes: Buffer): void {
    this.#reader.push(bytes);
    for (let got = this.#reader.next(); got && !this.#over; got = this.#reader.next()) {
      if (got.opcode === 8) this.#receiveClose();
      else if (got.opcode === 9) this.#stream?.write(frame(0x8a, got.payload));
      else if (got.opcode < 8) this.#receiveMessage(got);
    }
  }

  #receiveClose(): void {
    if (this.#closing !== "sent") throw new Error("the server has closed the connection");
    this.#closing = "answered";
  }

  #receiveMessage(received: Received): void {
    if (this.#settings.hello !== undefined) {
      this.#searchPayloads(received.payload);
      return;
    }
    const { kind, bytes } = this.#settings;
    const wanted = this.#payloads.plain[this.#nextIn] as Buffer;
    const whole = this.#isSample();
    if (received.opcode !== (kind === "binary" ? 2 : 1))
      throw new Error("a message has the wrong type");
    if (received.compressed) {
      if ((whole || this.#history) && !this.#inflate(received.payload).equals(wanted)) {
        throw new Error("a compressed message is wrong");
      }
    } else {
      if (received.payload.length !== bytes) throw new Error("a message has the wrong length");
      this.#compare(received.payload, wanted, whole);
    }
    this.#nextMessage(whole);
  }

  #isSample(): boolean {
    return (this.#received + this.index) % this.#settings.checkEvery === 0;
  }

  #compare(bytes: Buffer, wanted: Buffer, whole: boolean): void {
    const length = whole ? wanted.length : Math.min(firstBytes, wanted.length);
    if (bytes.compare(wanted, 0, length, 0, length) !== 0) {
      throw new Error("a message has the wrong contents");
    }
  }

  #inflate(payload: Buffer): Buffer {
    const options = { finishFlush: constants.Z_SYNC_FLUSH };
    const message = Buffer.concat([payload, tail]);
    if (this.#history === undefined) return inflateRawSync(message, options);
    // Inflating all there was again is slow and simple; memory is measured with one message per connection.
    this.#history = Buffer.concat([this.#history, message]);
    const all = inflateRawSync(this.#history, options);
    return all.subarray(all.length - this.#settings.bytes);
  }

  #nextMessage(whole: boolean): void {
    this.#received += 1;
    this.#nextIn = (this.#nextIn + 1) % this.#payloads.plain.length;
    this.#events.message(this, whole);
  }

  /** A text may carry several payloads, each in its turn, and what is none: a keep-alive, an answer. */
  #searchPayloads(text: Buffer): void {
    if (!this.#open) {
      if (text.includes(this.#settings.welcome ?? "")) this.#becomeOpen();
      return;
    }
    let at = 0;
    let found = text.length <= 3;
    if (this.#settings.pong === 1 && hubPing.test(text.toString("latin1"))) {
      this.#stream?.write(frame(0x81, Buffer.from("{}")));
    }
    for (;;) {
      const index = text.indexOf(this.#payloads.plain[this.#nextIn] as Buffer, at);
      if (index < 0) break;
      found = true;
      at = index + this.#settings.bytes;
      this.#nextMessage(true);
    }
    if (!found) throw new Error("a message does not contain the payload whose turn it is");
  }

  /** A server of bytes has no frames: its messages are ours, as they were sent. */
  #receiveRaw(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#over) {
      const wanted = this.#payloads.frames[this.#nextIn] as Buffer;
      const part = bytes.subarray(at, at + wanted.length - this.#rawOffset);
      if (part.compare(wanted, this.#rawOffset, this.#rawOffset + part.length) !== 0) {
        throw new Error("the bytes are wrong");
      }
      at += part.length;
      this.#rawOffset += part.length;
      if (this.#rawOffset < wanted.length) return;
      this.#rawOffset = 0;
      this.#nextMessage(true);
    }
  }
}
