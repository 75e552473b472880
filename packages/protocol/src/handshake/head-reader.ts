/**
 * Finds the end of an HTTP/1.1 head in bytes that come in pieces of any size.
 *
 * Both roles read one head: a request or a response (RFC 6455 §4.1, §4.2.1; RFC 9112 §2). Every byte is looked at once and
 * both limits are checked before a byte is kept. What could be read in two ways is refused rather than repaired, because
 * a proxy in between may have read it the other way (RFC 9112 §11.2): a line feed without carriage return or the reverse,
 * control characters, a folded header, an empty line before the start line. What the lines mean is decided by the
 * parser that is passed in.
 */
import { LimitExceeded, ProtocolViolation, UsageError } from "../errors.ts";
import { isFieldValueCode } from "./grammar.ts";
import { type HeadLimits, headLimitDefaults } from "./head-limits.ts";
import { decodeLatin1 } from "./octets.ts";

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const LINE_END = "\r\n";
const HEAD_END = "\r\n\r\n";

/**
 * Makes a head of its lines: the start line, then one line for each header. None of them is empty, begins with white
 * space, or holds a control character other than a tab.
 */
export type HeadParser<Head> = (lines: readonly string[]) => Head | ProtocolViolation;

/**
 * What one chunk led to. `rest` is what follows the head: a view of the chunk just given, which stays the caller's.
 */
export type HeadResult<Head> =
  | { readonly state: "pending" }
  | { readonly state: "complete"; readonly head: Head; readonly rest: Uint8Array }
  | { readonly state: "failed"; readonly error: ProtocolViolation | LimitExceeded };

const pending = Object.freeze({ state: "pending" });

export class HeadReader<Head> {
  readonly #parse: HeadParser<Head>;
  readonly #limits: HeadLimits;
  #kept = new Uint8Array(0);
  #byteLength = 0;
  #lineCount = 0;
  #lineLength = 0;
  #afterCarriageReturn = false;
  #ended = false;

  /**
   * @param parse `parseRequestHead` for a server, `parseResponseHead` for a client.
   * @param limits see {@link headLimitDefaults} for what is left out.
   */
  constructor(parse: HeadParser<Head>, limits: Partial<HeadLimits> = {}) {
    this.#parse = parse;
    this.#limits = { ...headLimitDefaults, ...limits };
  }

  /** Bytes of the head so far. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /**
   * Takes the next bytes. The reader keeps no reference to `chunk`.
   *
   * @throws {UsageError} `USAGE_HANDSHAKE_ENDED` after a result that was not "pending".
   */
  receive(chunk: Uint8Array): HeadResult<Head> {
    if (this.#ended) {
      throw new UsageError("USAGE_HANDSHAKE_ENDED");
    }
    const keptLength = this.#byteLength;
    let headEnd = 0;
    for (const byte of chunk) {
      headEnd += 1;
      const error = this.#refuse(byte);
      if (error !== undefined) {
        this.#ended = true;
        return { state: "failed", error };
      }
      if (this.#advance(byte)) {
        this.#ended = true;
        return this.#complete(chunk, keptLength, headEnd);
      }
    }
    this.#keep(chunk, keptLength);
    return pending;
  }

  /** What is wrong with `byte` at this place, before anything is done with it. */
  #refuse(byte: number): ProtocolViolation | LimitExceeded | undefined {
    if (this.#byteLength >= this.#limits.maxHeadBytes) {
      return new LimitExceeded("LIMIT_HEAD_BYTES", String(this.#limits.maxHeadBytes));
    }
    if (this.#afterCarriageReturn !== (byte === LINE_FEED)) {
      return new ProtocolViolation("HANDSHAKE_HEAD", "line end that is not CR LF");
    }
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      return this.#refuseLineEnd();
    }
    if (!isFieldValueCode(byte)) {
      return new ProtocolViolation("HANDSHAKE_HEAD", "control character");
    }
    if (this.#lineLength > 0) {
      return undefined;
    }
    if (byte === SPACE || byte === TAB) {
      return new ProtocolViolation("HANDSHAKE_HEAD", "line that begins with white space");
    }
    // The first line is the start line, so as many lines as headers are allowed may stand before another one begins.
    return this.#lineCount > this.#limits.maxHeaderCount
      ? new LimitExceeded("LIMIT_HEADER_COUNT", String(this.#limits.maxHeaderCount))
      : undefined;
  }

  #refuseLineEnd(): ProtocolViolation | undefined {
    return this.#lineLength === 0 && this.#lineCount === 0
      ? new ProtocolViolation("HANDSHAKE_HEAD", "empty start line")
      : undefined;
  }

  /** Counts `byte` and tells whether it is the last of the head. */
  #advance(byte: number): boolean {
    this.#byteLength += 1;
    this.#afterCarriageReturn = byte === CARRIAGE_RETURN;
    if (byte === LINE_FEED) {
      if (this.#lineLength === 0) {
        return true;
      }
      this.#lineCount += 1;
      this.#lineLength = 0;
    } else if (byte !== CARRIAGE_RETURN) {
      this.#lineLength += 1;
    }
    return false;
  }

  /** Memory doubles, so each byte is copied a fixed number of times however small the chunks are. */
  #keep(chunk: Uint8Array, keptLength: number): void {
    const needed = keptLength + chunk.length;
    if (needed > this.#kept.length) {
      const grown = new Uint8Array(
        Math.min(Math.max(needed, 2 * this.#kept.length), this.#limits.maxHeadBytes),
      );
      grown.set(this.#kept.subarray(0, keptLength));
      this.#kept = grown;
    }
    this.#kept.set(chunk, keptLength);
  }

  #complete(chunk: Uint8Array, keptLength: number, headEnd: number): HeadResult<Head> {
    const text =
      decodeLatin1(this.#kept.subarray(0, keptLength)) + decodeLatin1(chunk.subarray(0, headEnd));
    this.#kept = new Uint8Array(0);
    const head = this.#parse(text.slice(0, -HEAD_END.length).split(LINE_END));
    return head instanceof ProtocolViolation
      ? { state: "failed", error: head }
      : { state: "complete", head, rest: chunk.subarray(headEnd) };
  }
}
