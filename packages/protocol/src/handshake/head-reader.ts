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
import { fieldValueEnd, isFieldValueCode } from "./grammar.ts";
import { type HeadLimits, headLimitDefaults } from "./head-limits.ts";
import { type OctetDecoder, decodeLatin1 } from "./octets.ts";

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Makes a head of its text: the start line, one line for each header, and the empty line. Each ends with CR LF; none but
 * the last is empty, begins with white space, or holds a control character other than a tab.
 */
export type HeadParser<Head> = (text: string) => Head | ProtocolViolation;

/**
 * What one chunk led to. `rest` is what follows the head: a view of the chunk just given, which stays the caller's.
 */
export type HeadResult<Head> =
  | { readonly state: "pending" }
  | { readonly state: "complete"; readonly head: Head; readonly rest: Uint8Array }
  | { readonly state: "failed"; readonly error: ProtocolViolation | LimitExceeded };

const pending = Object.freeze({ state: "pending" });
const nothing = new Uint8Array(0);

export class HeadReader<Head> {
  readonly #parse: HeadParser<Head>;
  readonly #maxHeadBytes: number;
  readonly #maxHeaderCount: number;
  readonly #decode: OctetDecoder;
  #kept = nothing;
  #byteLength = 0;
  #lineCount = 0;
  #inLine = false;
  #afterCarriageReturn = false;
  #ended = false;

  /**
   * @param parse `parseRequestHead` for a server, `parseResponseHead` for a client.
   * @param limits see {@link headLimitDefaults} for what is left out.
   * @param decode Latin-1 to text, where the surroundings do it faster than the language. It keeps no reference to the bytes.
   */
  constructor(
    parse: HeadParser<Head>,
    limits: Partial<HeadLimits> = headLimitDefaults,
    decode: OctetDecoder = decodeLatin1,
  ) {
    this.#parse = parse;
    this.#maxHeadBytes = limits.maxHeadBytes ?? headLimitDefaults.maxHeadBytes;
    this.#maxHeaderCount = limits.maxHeaderCount ?? headLimitDefaults.maxHeaderCount;
    this.#decode = decode;
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
    const end = Math.min(chunk.length, this.#maxHeadBytes - keptLength);
    for (let at = 0; at < end; at += 1) {
      // Nearly all of a head is the inside of lines, where only what ends it matters.
      if (this.#inLine && !this.#afterCarriageReturn) at = fieldValueEnd(chunk, at, end);
      if (at === end) break;
      const byte = chunk[at]!;
      const error = this.#refuse(byte);
      if (error !== undefined) {
        return this.#fail(error);
      }
      if (this.#advance(byte)) {
        return this.#complete(chunk, keptLength, at + 1);
      }
    }
    if (end < chunk.length) {
      return this.#fail(new LimitExceeded("LIMIT_HEAD_BYTES", String(this.#maxHeadBytes)));
    }
    this.#keep(chunk, keptLength);
    return pending;
  }

  #fail(error: ProtocolViolation | LimitExceeded): HeadResult<Head> {
    this.#ended = true;
    return { state: "failed", error };
  }

  /** What is wrong with `byte` at this place, before anything is done with it. */
  #refuse(byte: number): ProtocolViolation | LimitExceeded | undefined {
    if (this.#afterCarriageReturn !== (byte === LINE_FEED)) {
      return new ProtocolViolation("HANDSHAKE_HEAD", "line end that is not CR LF");
    }
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      return this.#refuseLineEnd();
    }
    if (!isFieldValueCode(byte)) {
      return new ProtocolViolation("HANDSHAKE_HEAD", "control character");
    }
    if (byte === SPACE || byte === TAB) {
      return new ProtocolViolation("HANDSHAKE_HEAD", "line that begins with white space");
    }
    // The first line is the start line, so as many lines as headers are allowed may stand before another one begins.
    return this.#lineCount > this.#maxHeaderCount
      ? new LimitExceeded("LIMIT_HEADER_COUNT", String(this.#maxHeaderCount))
      : undefined;
  }

  #refuseLineEnd(): ProtocolViolation | undefined {
    return !this.#inLine && this.#lineCount === 0
      ? new ProtocolViolation("HANDSHAKE_HEAD", "empty start line")
      : undefined;
  }

  /** Goes on behind `byte`, which begins or ends a line, and tells whether it is the last of the head. */
  #advance(byte: number): boolean {
    this.#afterCarriageReturn = byte === CARRIAGE_RETURN;
    if (byte === LINE_FEED) {
      if (!this.#inLine) {
        return true;
      }
      this.#lineCount += 1;
      this.#inLine = false;
    } else if (byte !== CARRIAGE_RETURN) {
      this.#inLine = true;
    }
    return false;
  }

  /** Memory doubles, so each byte is copied a fixed number of times however small the chunks are. */
  #keep(chunk: Uint8Array, keptLength: number): void {
    const needed = keptLength + chunk.length;
    if (needed > this.#kept.length) {
      const grown = new Uint8Array(
        Math.min(Math.max(needed, 2 * this.#kept.length), this.#maxHeadBytes),
      );
      grown.set(this.#kept.subarray(0, keptLength));
      this.#kept = grown;
    }
    this.#kept.set(chunk, keptLength);
    this.#byteLength = needed;
  }

  #complete(chunk: Uint8Array, keptLength: number, headEnd: number): HeadResult<Head> {
    this.#ended = true;
    this.#byteLength = keptLength + headEnd;
    const kept = keptLength === 0 ? "" : this.#decode(this.#kept, keptLength);
    const text = kept + this.#decode(chunk, headEnd);
    this.#kept = nothing;
    const head = this.#parse(text);
    return head instanceof ProtocolViolation
      ? { state: "failed", error: head }
      : { state: "complete", head, rest: chunk.subarray(headEnd) };
  }
}
