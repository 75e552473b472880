/**
 * Heads in HTTP/2, which are lists of fields: the first ones, with a colon in front, are what the start line is in HTTP/1.1
 * (RFC 9113 §8.3).
 *
 * Whoever speaks HTTP/2 has compared the frames with its rules already; this file only turns one form into the other and
 * judges nothing.
 */
import type { HeaderPair } from "./caller-headers.ts";
import type { HandshakeRequest } from "./head-lines.ts";
import { HeaderList } from "./header-list.ts";

/** Those that speak of one connection and not of a stream of it: there are none in HTTP/2 (RFC 9113 §8.2.2). */
export const connectionSpecificNames: readonly string[] = Object.freeze([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Reads the head of a request.
 *
 * @param rawFields name, value, name, value…, as Node.js gives it to listeners for 'stream'
 */
export function parseHttp2Request(rawFields: readonly string[]): HandshakeRequest {
  const pseudo = new Map<string, string>();
  const rawHeaders: string[] = [];
  for (const [name, value] of new HeaderList(rawFields)) {
    if (name.startsWith(":")) pseudo.set(name, value);
    else rawHeaders.push(name, value);
  }
  const value = (name: string): string => pseudo.get(name) ?? "";
  return {
    method: value(":method"),
    target: value(":path"),
    httpVersion: "2.0",
    headers: new HeaderList(rawHeaders),
    connect: pseudo.has(":protocol")
      ? {
          protocol: value(":protocol"),
          scheme: value(":scheme"),
          authority: value(":authority"),
        }
      : undefined,
  };
}

/** `headers` as fields: names in small letters, without those that HTTP/2 does not have (RFC 9113 §8.2). */
export function http2Fields(headers: readonly HeaderPair[]): readonly HeaderPair[] {
  return headers
    .map(([name, value]): HeaderPair => [name.toLowerCase(), value])
    .filter(([name]) => !connectionSpecificNames.includes(name));
}
