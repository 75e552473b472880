/**
 * Headers that the caller adds to a head: which may be sent, and how a head is written.
 *
 * A line end in a name or value would let whoever chose it write headers of their own, or a whole second message, so
 * nothing is sent before every part has been checked. Headers that make the handshake what it is belong to the handshake.
 */
import { UsageError } from "../errors.ts";
import { isFieldValue, isToken } from "./grammar.ts";
import { type OctetEncoder, encodeLatin1 } from "./octets.ts";

/** Name and value. */
export type HeaderPair = readonly [name: string, value: string];

/** Set by the handshake itself, or about a body that a handshake does not have (RFC 6455 §4.1, §4.2.2; RFC 9110 §7.6.1). */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const RESERVED_PREFIX = "sec-websocket-";

/**
 * Checks headers a caller wants to add.
 *
 * @throws {UsageError} `USAGE_HANDSHAKE_HEADER` for a name that is no token or is reserved for the handshake, and for a
 *   value with a control character (CR and LF are two of them) or one above U+00FF.
 */
export function checkCallerHeaders(headers: readonly HeaderPair[]): void {
  for (const [name, value] of headers) {
    if (!isToken(name) || !isFieldValue(value)) {
      throw new UsageError("USAGE_HANDSHAKE_HEADER", JSON.stringify(name));
    }
    const key = name.toLowerCase();
    if (RESERVED_NAMES.has(key) || key.startsWith(RESERVED_PREFIX)) {
      throw new UsageError("USAGE_HANDSHAKE_HEADER", `${name} is set by the handshake`);
    }
  }
}

/** The bytes of a head (RFC 9112 §2.1), as `encode` makes them. All parts have been checked before. */
export function encodeHead(
  startLine: string,
  headers: readonly HeaderPair[],
  encode: OctetEncoder = encodeLatin1,
): Uint8Array {
  let head = `${startLine}\r\n`;
  for (const header of headers) {
    head += `${header[0]}: ${header[1]}\r\n`;
  }
  return encode(`${head}\r\n`);
}
