/**
 * One WebSocket connection, from the bytes of both directions: finds the opening handshake, then the frames, and joins
 * compressed messages to inflate them. What it finds goes to its report at once, in the order of the bytes.
 */
import type { HttpHead, Report, Side } from "./finding.ts";
import { FrameScanner } from "./frame-scanner.ts";
import type { ScannedFrame } from "./frame-scanner.ts";
import { asksForWebSocket, cutHead, handshakeOf, isSwitch, valueOf } from "./http-head.ts";
import { MessageInflater } from "./message-inflater.ts";

/** What may wait before a handshake is found. */
const mostHeadBytes = 256 * 1024;
/** A compressed message that is longer is not inflated. */
const mostMessageBytes = 16 * 1024 * 1024;

interface Direction {
  readonly from: Side;
  readonly scanner: FrameScanner;
  inflater: MessageInflater | undefined;
  /** Before the handshake is over. */
  early: Buffer;
  /** Of the compressed message under way; undefined when none is, or when it cannot be inflated. */
  compressed: Buffer[] | undefined;
  compressedBytes: number;
}

const directionOf = (from: Side): Direction => ({
  from,
  scanner: new FrameScanner(from),
  inflater: undefined,
  early: Buffer.alloc(0),
  compressed: undefined,
  compressedBytes: 0,
});

export interface DialogueParts {
  readonly connection: number;
  readonly report: Report;
  /** Called once, before the first finding. */
  readonly onFound: () => void;
}

export class Dialogue {
  readonly #parts: DialogueParts;
  readonly #directions = { client: directionOf("client"), server: directionOf("server") };
  /** Directions whose frames cannot be told from each other any more. */
  readonly #deaf = new Set<Side>();
  #request: HttpHead | undefined;
  /** Requests before that one. */
  #passedOver = 0;
  #state: "waiting" | "asked" | "open" | "other" = "waiting";

  constructor(parts: DialogueParts) {
    this.#parts = parts;
  }

  /** Whether the handshake was found. */
  get isWebSocket(): boolean {
    return this.#state === "asked" || this.#state === "open";
  }

  /** Takes frames without a handshake: for bytes that are known to be frames. */
  begin(): void {
    this.#state = "open";
    this.#parts.onFound();
  }

  /** Messages before those that are to come have passed unseen. */
  joinLate(): void {
    for (const { inflater } of Object.values(this.#directions)) inflater?.miss();
  }

  add(from: Side, bytes: Buffer, at: number | undefined): void {
    if (this.#state === "open") return this.#frames(this.#directions[from], bytes, at);
    if (this.#state === "other") return undefined;
    const direction = this.#directions[from];
    direction.early = Buffer.concat([direction.early, bytes]);
    if (this.#state === "waiting") this.#findRequest(at);
    if (this.#state === "asked") this.#findResponse(at);
    if (this.isWebSocket || direction.early.byteLength <= mostHeadBytes) return undefined;
    this.#state = "other";
    return this.#forget();
  }

  /** So many bytes of a direction are missing. */
  gap(from: Side, byteLength: number): void {
    if (this.#state !== "open" || this.#deaf.has(from)) return;
    this.#note(
      `${byteLength} bytes of the ${from} are missing: where its next frame begins is not known, and no more of them are decoded`,
    );
    this.#deaf.add(from);
  }

  end(): void {
    if (this.#state === "asked") {
      this.#parts.report(handshakeOf(this.#parts.connection, this.#request, undefined));
    }
    if (this.#state !== "open") return;
    for (const { from, scanner } of Object.values(this.#directions)) {
      if (scanner.isWithinFrame && !this.#deaf.has(from))
        this.#note(`the ${from}'s last frame is not complete`);
    }
  }

  #note(text: string): void {
    this.#parts.report({ kind: "note", connection: this.#parts.connection, text });
  }

  #forget(): void {
    for (const direction of Object.values(this.#directions)) direction.early = Buffer.alloc(0);
  }

  /** Requests before it on the same connection are passed over. */
  #findRequest(at: number | undefined): void {
    const { client, server } = this.#directions;
    for (;;) {
      const start = client.early.indexOf("GET ");
      const cut = start < 0 ? undefined : cutHead(client.early.subarray(start));
      if (cut === undefined) return;
      client.early = cut.rest;
      if (!asksForWebSocket(cut.head)) {
        this.#passedOver += 1;
        continue;
      }
      this.#request = cut.head;
      this.#state = "asked";
      this.#parts.onFound();
      if (server.early.byteLength > 0) this.#findResponse(at);
      return;
    }
  }

  #findResponse(at: number | undefined): void {
    const { client, server } = this.#directions;
    for (;;) {
      const start = server.early.indexOf("HTTP/1.");
      const cut = start < 0 ? undefined : cutHead(server.early.subarray(start));
      if (cut === undefined) return;
      server.early = cut.rest;
      // Answers come in the order of the requests (RFC 9112 §9.3.2).
      if (this.#passedOver > 0 && !isSwitch(cut.head)) {
        this.#passedOver -= 1;
        continue;
      }
      this.#open(cut.head);
      const [clients, servers] = [client.early, server.early];
      this.#forget();
      if (!isSwitch(cut.head)) return;
      this.#frames(server, servers, at);
      this.#frames(client, clients, at);
      return;
    }
  }

  #open(response: HttpHead): void {
    this.#state = isSwitch(response) ? "open" : "other";
    this.#parts.report(handshakeOf(this.#parts.connection, this.#request, response));
    const extensions = valueOf(response, "sec-websocket-extensions") ?? "";
    if (!/\bpermessage-deflate\b/.test(extensions)) return;
    for (const [side, direction] of Object.entries(this.#directions)) {
      direction.inflater = new MessageInflater(!extensions.includes(`${side}_no_context_takeover`));
    }
  }

  #frames(direction: Direction, bytes: Buffer, at: number | undefined): void {
    if (bytes.byteLength === 0 || this.#deaf.has(direction.from)) return;
    for (const frame of direction.scanner.read(bytes)) {
      const { inflated, inflatedLength, problem } = inflate(direction, frame);
      this.#parts.report({
        kind: "frame",
        connection: this.#parts.connection,
        from: direction.from,
        at,
        ...frame,
        inflated,
        inflatedLength,
        problems: problem === undefined ? frame.problems : [...frame.problems, problem],
      });
    }
  }
}

interface InflatedMessage {
  readonly inflated?: Buffer | undefined;
  readonly inflatedLength?: number | undefined;
  readonly problem?: string | undefined;
}

/** Of the last frame of a compressed message: the message. */
function inflate(direction: Direction, frame: ScannedFrame): InflatedMessage {
  const { opcode, fin, payload, payloadLength } = frame;
  if (opcode >= 8) return {};
  const { inflater } = direction;
  const [isCompressed] = frame.rsv;
  if (opcode > 0 && isCompressed) {
    if (inflater === undefined) return { problem: "RSV1 without an extension (RFC 6455 §5.2)" };
    direction.compressed = [];
    direction.compressedBytes = 0;
  }
  if (inflater === undefined || direction.compressed === undefined) return {};
  direction.compressedBytes += payloadLength;
  const isCut = payload.byteLength < payloadLength;
  if (isCut || direction.compressedBytes > mostMessageBytes) {
    direction.compressed = undefined;
    inflater.miss();
    return { problem: "too long to be inflated here" };
  }
  direction.compressed.push(payload);
  if (!fin) return {};
  const result = inflater.inflate(Buffer.concat(direction.compressed));
  direction.compressed = undefined;
  return typeof result === "string"
    ? { problem: result }
    : { inflated: result.bytes, inflatedLength: result.byteLength };
}
