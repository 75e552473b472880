/**
 * Answers requests for the page's files: methods, validators, compression, and the headers that keep the page to
 * itself. It knows nothing of where the files come from.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { PageFile } from "./page-files.ts";

/**
 * Scripts, styles and connections to this server only, and nothing inline. `'self'` covers `ws:` and `wss:` to the
 * same host in the browsers the page is built for (CSP Level 3 §6.7.2.8).
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Sent with every answer of the server, whatever it is. */
const protectiveHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": contentSecurityPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Whether a method only reads; `answerFile` answers no other. */
export function isRead(method: string | undefined): boolean {
  return method === "GET" || method === "HEAD";
}

export function answerFile(
  file: PageFile,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const wantsGzip = acceptsGzip(request.headers["accept-encoding"]);
  const { status = 200 } = file;
  const { etag, body } = wantsGzip && file.gzip !== undefined ? file.gzip : file;
  const headers = {
    ...protectiveHeaders,
    "Cache-Control": file.cacheControl,
    ETag: etag,
    ...(file.gzip !== undefined && { Vary: "Accept-Encoding" }),
  };
  // RFC 9110 §13.2.1: conditions count for what would succeed without them.
  if (status === 200 && matches(request.headers["if-none-match"], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(status, {
    ...headers,
    "Content-Type": file.contentType,
    "Content-Length": body.length,
    ...(body !== file.body && { "Content-Encoding": "gzip" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Answers in a line of text, for everything that is no file. */
export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, {
    ...protectiveHeaders,
    ...headers,
    "Cache-Control": "no-store",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": body.length,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

/** Answers a plain request for an address that is for WebSocket. RFC 9110 §15.5.22 wants the protocol to upgrade to. */
export function answerUpgradeRequired(response: ServerResponse): void {
  const terms = { Upgrade: "websocket", Connection: "Upgrade" };
  answerText(response, 426, "This address speaks WebSocket.", terms);
}

/** Answers in JSON, that nobody keeps. */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    ...protectiveHeaders,
    "Cache-Control": "no-store",
    "Content-Type": "application/json",
    "Content-Length": body.length,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

/** RFC 9110 §13.1.2: a list of validators or `*`, compared weakly. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .split(",")
    .map((validator) => validator.trim().replace(/^W\//u, ""))
    .some((validator) => validator === "*" || validator === etag);
}

/** RFC 9110 §12.5.3, as far as one coding goes: named, or covered by `*`, and not refused by a weight of zero. */
function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  const codings = String(acceptEncoding ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.replaceAll(/\s/gu, "").split(";q="));
  const weights = new Map(codings.map(([name = "", weight = "1"]) => [name, Number(weight)]));
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
