/**
 * In which versions of HTTP a server may be asked for a WebSocket, as the caller wants it: the names are those of ALPN
 * (RFC 7301 §6, RFC 9113 §3.1).
 */
import type { ClientHttp2Session } from "node:http2";
import { UsageError } from "@tautline/protocol";
import type { WebSocketUrl } from "./websocket-url.ts";

export type HttpVersion = "h2" | "http/1.1";

/** Whether HTTP/2 is to be used: required, preferred, or on a session that there is already. */
export type Http2Choice = boolean | "prefer" | ClientHttp2Session;

/**
 * The versions that may be used, most wanted first.
 *
 * @throws UsageError `USAGE_OPTION` for a choice that is none
 */
export function versionsFor(
  choice: Http2Choice | undefined,
  { secure }: Pick<WebSocketUrl, "secure">,
): readonly HttpVersion[] {
  if (choice === undefined || choice === false) return ["http/1.1"];
  if (choice === true) return ["h2"];
  // Only TLS lets a server choose; without it nobody knows beforehand that it speaks HTTP/2.
  if (choice === "prefer") return secure ? ["h2", "http/1.1"] : ["http/1.1"];
  if (!isSession(choice))
    throw new UsageError("USAGE_OPTION", "http2 is neither a choice nor a session");
  return ["h2"];
}

function isSession(choice: unknown): choice is ClientHttp2Session {
  return typeof choice === "object" && choice !== null && "request" in choice && "ping" in choice;
}
