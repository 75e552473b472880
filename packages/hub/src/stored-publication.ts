/**
 * A publication as one line of text, for brokers that keep it outside of this process: whatever its publisher gave, and
 * its place. Payloads are not looked into. What is written today can be read by all later versions.
 */

import type { ClientInfo, Payload } from "@tautline/wire";
import type { BrokerPublication } from "./ports/broker.ts";

/** JSON text as it is; bytes as a text with one character for each. */
export type StoredPayload = string | { readonly b: string };

/** Under short names: most publications are small. */
interface StoredPublication {
  readonly d?: StoredPayload | undefined;
  readonly o?: number | undefined;
  readonly t?: readonly (readonly [string, string])[] | undefined;
  readonly m?: number | undefined;
  readonly i?: StoredInfo | undefined;
  readonly x?: readonly string[] | undefined;
}

interface StoredInfo {
  readonly u: string;
  readonly c: string;
  readonly n?: StoredPayload | undefined;
  readonly h?: StoredPayload | undefined;
}

/** One line, without line feeds. */
export function encodePublication(publication: BrokerPublication): string {
  const { data, offset, tags, time, info, except } = publication;
  const stored: StoredPublication = {
    d: storedPayload(data),
    o: offset,
    t: tags === undefined ? undefined : [...tags],
    m: time,
    i: info === undefined ? undefined : storedInfo(info),
    x: except,
  };
  return JSON.stringify(stored);
}

/**
 * What `encodePublication` was given.
 *
 * @throws SyntaxError or TypeError when `text` is something else
 */
export function decodePublication(text: string): BrokerPublication {
  const { d, o, t, m, i, x }: StoredPublication = JSON.parse(text);
  return {
    ...(d !== undefined && { data: payloadFrom(d) }),
    ...(o !== undefined && { offset: o }),
    ...(t !== undefined && { tags: new Map(t) }),
    ...(m !== undefined && { time: m }),
    ...(i !== undefined && { info: infoFrom(i) }),
    ...(x !== undefined && { except: x }),
  };
}

/** The same for a member of a channel. */
export function encodeMember(member: ClientInfo): string {
  return JSON.stringify(storedInfo(member));
}

/**
 * What `encodeMember` was given.
 *
 * @throws SyntaxError or TypeError when `text` is something else
 */
export function decodeMember(text: string): ClientInfo {
  return infoFrom(JSON.parse(text));
}

function storedInfo({ user, client, conn_info, chan_info }: ClientInfo): StoredInfo {
  return { u: user, c: client, n: storedPayload(conn_info), h: storedPayload(chan_info) };
}

function infoFrom({ u, c, n, h }: StoredInfo): ClientInfo {
  return {
    user: u,
    client: c,
    ...(n !== undefined && { conn_info: payloadFrom(n) }),
    ...(h !== undefined && { chan_info: payloadFrom(h) }),
  };
}

/** A payload as JSON can hold it. */
export function storedPayload(payload: string | Uint8Array | undefined): StoredPayload | undefined {
  if (payload === undefined || typeof payload === "string") return payload;
  let text = "";
  for (const byte of payload) text += String.fromCharCode(byte);
  return { b: text };
}

/** @throws TypeError when it was none */
export function payloadFrom(stored: StoredPayload): Payload {
  const payload =
    typeof stored === "string" ? stored : Uint8Array.from(stored.b, (byte) => byte.charCodeAt(0));
  if (!isPayload(payload)) throw new TypeError("This is no stored payload");
  return payload;
}

/** What was a payload when it was stored is one again. */
function isPayload(value: string | Uint8Array): value is Payload {
  return value.length > 0 || typeof value !== "string";
}
