/**
 * Values of scripts as the types of an interface, by the rules of Web IDL §3.2: in its order, with its exceptions.
 */
import { Blob } from "node:buffer";
import { isArrayBuffer, isSharedArrayBuffer } from "node:util/types";

/** What can be sent: text, bytes that the caller may change afterwards, or a Blob. */
export type SendableData = string | Uint8Array | Blob;

/** `DOMString`. @throws TypeError for a symbol, and what the value's own conversion throws */
function domString(value: unknown): string {
  if (typeof value === "symbol") throw new TypeError("a Symbol cannot be converted to text");
  return String(value);
}

/** `USVString`: lone surrogates become U+FFFD. @throws as {@link domString} */
export function usvString(value: unknown): string {
  return domString(value).replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** `unsigned short`: modulo 2^16. @throws TypeError for a symbol or a BigInt */
export function unsignedShort(value: unknown): number {
  // Of a number that is not finite, bits are 0, as the rule has it.
  return toNumber(value) & 0xffff;
}

/** `[Clamp] unsigned short`: the nearest one, of two the even one. @throws TypeError for a symbol or a BigInt */
export function clampedShort(value: unknown): number {
  const number = toNumber(value);
  if (Number.isNaN(number)) return 0;
  const clamped = Math.min(Math.max(number, 0), 0xffff);
  const below = Math.floor(clamped);
  const over = clamped - below;
  if (over === 0.5) return below + (below % 2);
  return over < 0.5 ? below : below + 1;
}

function toNumber(value: unknown): number {
  if (typeof value === "symbol" || typeof value === "bigint") {
    throw new TypeError(`a ${typeof value} cannot be converted to a number`);
  }
  return Number(value);
}

/**
 * `(BufferSource or Blob or USVString)`. Bytes are a view of the caller's memory.
 *
 * @throws TypeError for a view of shared memory or of a buffer that can change its size, and as {@link domString}
 */
export function sendableData(value: unknown): SendableData {
  if (typeof value === "string") return value;
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    if (isSharedArrayBuffer(buffer)) throw new TypeError("a view of shared memory cannot be sent");
    checkFixed(buffer);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (isArrayBuffer(value)) {
    checkFixed(value);
    // A detached buffer has no bytes (Web IDL §3.2.26, "get a copy of the bytes").
    return "detached" in value && value.detached === true
      ? new Uint8Array(0)
      : new Uint8Array(value);
  }
  // Its own conversion to text would be "[object Blob]".
  return value instanceof Blob ? value : usvString(value);
}

/** Only Node.js 20 and later can resize buffers, and the types do not know it. */
function checkFixed(buffer: ArrayBufferLike): void {
  if ("resizable" in buffer && buffer.resizable === true) {
    throw new TypeError("a resizable ArrayBuffer cannot be sent");
  }
}

/**
 * `(DOMString or sequence<DOMString>)`, and beside it a dictionary: an object that cannot be iterated, which is returned
 * as it is.
 *
 * @throws TypeError for an object whose iterator is none, and as {@link domString}
 */
export function stringsOrDictionary(value: unknown): readonly string[] | object {
  if (value === undefined) return [];
  if (!isObject(value)) return [domString(value)];
  const method: unknown = Reflect.get(value, Symbol.iterator);
  if (method === undefined || method === null) return value;
  if (!isIterable(value)) throw new TypeError("an object that can be iterated by no function");
  return Array.from(value, domString);
}

function isIterable(value: object): value is Iterable<unknown> {
  return typeof Reflect.get(value, Symbol.iterator) === "function";
}

/** Whether `value` is what Web IDL calls an object: functions are. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
