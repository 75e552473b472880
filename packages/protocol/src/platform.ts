/**
 * What the engine needs of its surroundings and cannot have of its own.
 *
 * The engine runs on nothing but the language. Hashing, randomness, memory and text arrive through this port;
 * an adapter implements it once (for Node.js: `@tautline/node`). Nothing here may block or fail.
 */
export interface Platform {
  /** SHA-1 of `text`, which is ASCII, in base64 (RFC 6455 §4.2.2: the accept key). */
  sha1Base64(text: string): string;

  /** Fills `target` from a cryptographically secure source (RFC 6455 §5.3: masking keys; §4.1: the handshake key). */
  fillRandom(target: Uint8Array): void;

  /** A number in [0, 1) for jitter. It need not be secure. */
  random(): number;

  /**
   * Memory for `byteLength` bytes. It may hold old data: the engine writes every byte before it hands the memory to
   * anyone, and the memory belongs to whom it is handed to.
   */
  allocate(byteLength: number): Uint8Array;

  /** Whether `bytes[start, end)` is valid UTF-8 (RFC 3629). */
  isUtf8(bytes: Uint8Array, start: number, end: number): boolean;

  /** The text in `bytes[start, end)`, or `undefined` when that is not valid UTF-8 (RFC 3629). */
  decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined;

  /** The text in `bytes[start, end)`, which is known to be ASCII. */
  decodeAscii(bytes: Uint8Array, start: number, end: number): string;

  /** Length of `text` in UTF-8, in bytes; a lone surrogate counts as U+FFFD, which is what is sent for it. */
  textByteLength(text: string): number;

  /**
   * Writes `text` as UTF-8 into `target` from `offset`, where the engine has made room for `textByteLength(text)`
   * bytes, and returns how many bytes it wrote.
   */
  encodeText(text: string, target: Uint8Array, offset: number): number;

  /** Writes `text`, which is known to be ASCII, into `target` from `offset`, where there is room for it. */
  encodeAscii(text: string, target: Uint8Array, offset: number): void;
}
