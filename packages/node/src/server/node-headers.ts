/**
 * Header fields as Node.js gives them in `IncomingMessage.headers`: by lower-case name, repeated ones joined or dropped as its
 * documentation lists.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { HeaderList } from "@tautline/protocol";

/** The first one counts, and others are dropped. */
const singular = new Set([
  "age",
  "authorization",
  "content-length",
  "content-type",
  "etag",
  "expires",
  "from",
  "host",
  "if-modified-since",
  "if-unmodified-since",
  "last-modified",
  "location",
  "max-forwards",
  "proxy-authorization",
  "referer",
  "retry-after",
  "server",
  "user-agent",
]);

export function nodeHeaders(list: HeaderList): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const [given, value] of list) {
    const name = given.toLowerCase();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    let joined: string | string[] = value;
    if (name === "set-cookie") joined = [...(Array.isArray(before) ? before : []), value];
    else if (typeof before === "string") joined = joinedValue(name, before, value);
    // A name such as `__proto__` is a name like all others.
    Object.defineProperty(headers, name, { ...plain, value: joined });
  }
  return headers;
}

const plain = { configurable: true, enumerable: true, writable: true };

function joinedValue(name: string, before: string, value: string): string {
  if (singular.has(name)) return before;
  return name === "cookie" ? `${before}; ${value}` : `${before}, ${value}`;
}
