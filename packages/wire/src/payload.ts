/**
 * Application data as it travels: JSON text that is never parsed on its way through.
 *
 * A hub forwards what a publisher sent without reading it, so that big numbers, key order and escapes arrive as they
 * were written and a fan-out costs no parsing. This file knows how a value becomes a payload and back; it does not
 * know which message carries it.
 */

declare const jsonText: unique symbol;

/**
 * One valid JSON value as text, without line feeds outside of escapes. Only `encodePayload` and the decoders make it:
 * text of this type may be put into a frame as it is.
 */
export type JsonText = string & { readonly [jsonText]: true };

/**
 * What `data`, `conn_info` and `chan_info` hold. JSON text with every codec that exists today; read it with
 * `decodePayload` and make it with `encodePayload`, which stay when a binary form joins.
 */
export type Payload = JsonText;

/**
 * The payload of `value`.
 *
 * @throws TypeError when `value` has no JSON form: `undefined`, a function, a symbol, a bigint or a cycle.
 */
export function encodePayload(value: unknown): Payload {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`A ${typeof value} has no JSON form`);
  return trustedPayload(text);
}

/** Marks `text`, which the caller has checked or made, as a payload. Not part of the package's door. */
export function trustedPayload(text: string): Payload {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where text gets its mark
  return text as Payload;
}

/** The value of `payload`. Each call parses anew: the value belongs to the caller. */
export function decodePayload(payload: Payload): unknown {
  return JSON.parse(payload);
}
