/**
 * The key a client sends, and the proof that a server has read it (RFC 6455 §1.3, §4.1, §4.2.2).
 *
 * This file does not know in which header either of them travels.
 */
import { encodeBase64, isBase64 } from "./base64.ts";
import type { Platform } from "../platform.ts";

/** Appended to every key before hashing, so that only something that speaks WebSocket gives the right answer (§1.3). */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const KEY_BYTE_LENGTH = 16;
const KEY_PADDING = "==";
/** 16 bytes are 22 characters of base64 and two of padding. */
const KEY_LENGTH = 24;

/**
 * The value of `Sec-WebSocket-Accept` for a value of `Sec-WebSocket-Key` (RFC 6455 §4.2.2 step 5.4): the key as it was
 * sent, not decoded, and the GUID, hashed with SHA-1, in base64.
 *
 * @param key ASCII, as {@link isHandshakeKey} allows it.
 */
export function acceptKey(key: string, platform: Platform): string {
  return platform.sha1Base64(key + GUID);
}

/** A fresh key: 16 bytes from the secure source, in base64 (RFC 6455 §4.1 item 7). */
export function createHandshakeKey(platform: Platform): string {
  const nonce = new Uint8Array(KEY_BYTE_LENGTH);
  platform.fillRandom(nonce);
  return encodeBase64(nonce);
}

/**
 * Whether `key` is base64 of 16 bytes (RFC 6455 §4.2.1 item 5).
 *
 * The four bits that the last character has to spare may have any value: decoders drop them (RFC 4648 §3.5), and clients
 * exist that do not set them to zero.
 */
export function isHandshakeKey(key: string): boolean {
  const wellPadded = key.length === KEY_LENGTH && key.endsWith(KEY_PADDING);
  return wellPadded && isBase64(key, KEY_LENGTH - KEY_PADDING.length);
}
