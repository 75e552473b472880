/**
 * Keeps what was seen of one connection and makes sense of it: fragments become messages, pongs find their pings. What it keeps is
 * bounded in number and in bytes; the oldest goes first, the handshake stays.
 */
import type { Entry, FrameEntry, HandshakeEntry, JoinedMessage, Phase, Talk } from "./entries.ts";
import { fromBase64, toHex } from "./payload-bytes.ts";
import type { FrameEvent, HandshakeEvent, Side, TrafficEvent } from "./seen-events.ts";

export interface TranscriptLimits {
  readonly entries: number;
  /** Of payloads, joined messages included. */
  readonly bytes: number;
  /** What is shown of a joined message. */
  readonly messageBytes: number;
}

const transcriptLimits: TranscriptLimits = {
  entries: 2_000,
  bytes: 8 * 1024 * 1024,
  messageBytes: 64 * 1024,
};

/** The message of one direction that is under way. */
interface OpenMessage {
  readonly opcode: number;
  readonly isCompressed: boolean;
  readonly frames: number[];
  readonly parts: Uint8Array[];
  byteLength: number;
}

type Unnumbered<One> = One extends { readonly id: number } ? Omit<One, "id"> : never;

const isData = (opcode: number): boolean => opcode < 8;

export class Transcript {
  readonly #limits: TranscriptLimits;
  readonly #entries: Entry[] = [];
  #count = 0;
  #bytes = 0;
  #forgotten = 0;
  #phase: Phase = "idle";
  #about: Pick<Talk, "url" | "address" | "watched"> = {
    url: undefined,
    address: undefined,
    watched: undefined,
  };
  readonly #open = new Map<Side, OpenMessage>();
  /** Pings without a pong, by who sent them and their payload. */
  readonly #pings = new Map<string, number>();

  constructor(limits: TranscriptLimits = transcriptLimits) {
    this.#limits = limits;
  }

  get talk(): Talk {
    return {
      ...this.#about,
      phase: this.#phase,
      entries: [...this.#entries],
      forgotten: this.#forgotten,
    };
  }

  /** Lets go of everything that was seen; the connection goes on. */
  clear(): void {
    // What the frames belong to is still worth knowing.
    const kept = this.#entries.filter(({ kind }) => kind === "handshake");
    this.#entries.splice(0, this.#entries.length, ...kept);
    this.#forgotten = 0;
    this.#bytes = 0;
  }

  /** Begins anew, before a connection. */
  begin(about: Pick<Talk, "url" | "watched">): void {
    this.#entries.length = 0;
    this.#forgotten = 0;
    this.#bytes = 0;
    this.#open.clear();
    this.#pings.clear();
    this.#about = { ...about, address: undefined };
    this.#phase = "dialing";
  }

  /** Nothing was begun after all: the order to do it was wrong. */
  withdraw(): void {
    if (this.#phase === "dialing") this.#phase = "idle";
  }

  add(event: TrafficEvent): void {
    switch (event.kind) {
      case "dialing":
        this.#about = { ...this.#about, address: event.address };
        return;
      case "watching":
        this.#about = { ...this.#about, watched: event.connection };
        return;
      case "request":
        this.#push({ ...emptyHandshake, at: event.at, request: event.head });
        return;
      case "handshake":
        this.#addHandshake(event);
        return;
      case "body":
        this.#changeHandshake({ body: event.text });
        return;
      case "frame":
        this.#addFrame(event);
        return;
      case "note":
        this.#push({ kind: "note", at: undefined, text: event.text });
        return;
      case "dropped":
        this.#push({ kind: "dropped", at: undefined, count: event.count });
        return;
      case "end":
      default:
        this.#phase = "ended";
        this.#push({ kind: "end", at: event.at, reason: event.reason, detail: event.detail });
    }
  }

  #addHandshake(event: HandshakeEvent): void {
    const { request, response, acceptComputed, acceptReceived, problems } = event;
    const known = this.#entries.some(({ kind }) => kind === "handshake");
    if (!known) this.#push({ ...emptyHandshake, request });
    this.#changeHandshake({ request, response, acceptComputed, acceptReceived, problems });
    if (response !== undefined && /^HTTP\/1\.1 101\b/u.test(response.startLine)) {
      this.#phase = "open";
    }
  }

  #changeHandshake(change: Partial<HandshakeEntry>): void {
    const entry = this.#entries.find(({ kind }) => kind === "handshake");
    if (entry?.kind === "handshake") this.#replace({ ...entry, ...change });
  }

  #addFrame(event: FrameEvent): void {
    const { from, at, opcode, payloadLength } = event;
    const id = this.#count + 1;
    const payload = fromBase64(event.payload);
    const messageOpcode = isData(opcode) ? this.#join(event, payload, id) : undefined;
    const message = isData(opcode) && event.fin ? this.#joined(event) : undefined;
    const ping = opcode === 10 ? this.#pingOf(from, payload) : undefined;
    this.#push({
      kind: "frame",
      at,
      from,
      header: event.header,
      fin: event.fin,
      rsv: event.rsv,
      opcode,
      maskKey: event.maskKey,
      payloadLength,
      payload,
      problems: event.problems,
      messageOpcode,
      message,
      partner: ping?.id,
      roundTripMs: ping && Math.max(0, at - ping.at),
    });
    if (opcode === 9) this.#pings.set(pingKey(from, payload), id);
    if (opcode === 8) this.#phase = "closing";
    if (ping !== undefined) {
      this.#replace({ ...ping, partner: id, roundTripMs: Math.max(0, at - ping.at) });
    }
  }

  /** Adds a frame to the message under way and tells that message's opcode. */
  #join(event: FrameEvent, payload: Uint8Array, id: number): number {
    const { from, opcode, rsv, payloadLength } = event;
    let open = this.#open.get(from);
    if (opcode !== 0 || open === undefined) {
      open = { opcode, isCompressed: rsv[0], frames: [], parts: [], byteLength: 0 };
      this.#open.set(from, open);
    }
    open.frames.push(id);
    // Of a message in very many fragments, the last ones are named.
    if (open.frames.length > 256) open.frames.shift();
    if (open.byteLength < this.#limits.messageBytes) open.parts.push(payload);
    open.byteLength += payloadLength;
    return open.opcode;
  }

  #joined({ from, inflated, inflatedLength }: FrameEvent): JoinedMessage | undefined {
    const open = this.#open.get(from);
    if (open === undefined) return undefined;
    this.#open.delete(from);
    const bytes = inflated === undefined ? joinedBytes(open.parts) : fromBase64(inflated);
    const shown = bytes.subarray(0, this.#limits.messageBytes);
    const { frames, opcode, isCompressed, byteLength } = open;
    return {
      frames,
      opcode,
      isCompressed,
      byteLength,
      inflatedLength,
      bytes: shown,
      isCut: shown.length < (inflatedLength ?? byteLength),
    };
  }

  /** RFC 6455 §5.5.3: a pong has the payload of the ping that it answers. */
  #pingOf(from: Side, payload: Uint8Array): FrameEntry | undefined {
    const key = pingKey(from === "client" ? "server" : "client", payload);
    const id = this.#pings.get(key);
    this.#pings.delete(key);
    const entry = this.#entries.findLast((known) => known.id === id);
    return entry?.kind === "frame" ? entry : undefined;
  }

  #replace(entry: Entry): void {
    const index = this.#entries.findLastIndex(({ id }) => id === entry.id);
    if (index >= 0) this.#entries[index] = entry;
  }

  #push(entry: Unnumbered<Entry>): void {
    this.#count += 1;
    const numbered: Entry = { ...entry, id: this.#count };
    this.#entries.push(numbered);
    this.#bytes += bytesOf(numbered);
    this.#makeRoom();
  }

  #makeRoom(): void {
    const { entries, bytes } = this.#limits;
    while (this.#entries.length > entries || this.#bytes > bytes) {
      const index = this.#entries.findIndex(({ kind }) => kind !== "handshake");
      const oldest = this.#entries[index];
      if (oldest === undefined || this.#entries.length < 2) return;
      this.#entries.splice(index, 1);
      this.#bytes -= bytesOf(oldest);
      this.#forgotten += 1;
    }
    // Pings that nobody answers are not waited for for ever.
    const [first] = this.#pings.keys();
    if (this.#pings.size > 64 && first !== undefined) this.#pings.delete(first);
  }
}

const emptyHandshake: Omit<HandshakeEntry, "id"> = {
  kind: "handshake",
  at: undefined,
  request: undefined,
  response: undefined,
  acceptComputed: undefined,
  acceptReceived: undefined,
  problems: [],
  body: undefined,
};

const pingKey = (from: Side, payload: Uint8Array): string => `${from} ${toHex(payload)}`;

function bytesOf(entry: Entry): number {
  if (entry.kind !== "frame") return 0;
  return entry.payload.length + (entry.message?.bytes.length ?? 0);
}

function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
