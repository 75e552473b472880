/**
 * Whether a request may be upgraded, in the order and the words of `ws`: it judges less of it than the engine's own
 * handshake does, and takes HTTP/1.0 and version 8. Who asks for strictness has the engine judge it first.
 */
import { nodePlatform } from "@tautline/node";
import { HeaderList, ServerHandshake } from "@tautline/protocol";
import type { IncomingMessage } from "node:http";
import type { PerMessageDeflateOptions } from "./deflate-agreement.ts";
import { extension } from "./extension.ts";
import { extensionName, PerMessageDeflate } from "./per-message-deflate.ts";
import type { Refusal } from "./refusal.ts";
import { subprotocol } from "./subprotocol.ts";

const keyPattern = /^[+/0-9A-Za-z]{22}==$/;

/** What is wrong with the head of the request, if something is. */
export function faultOf({ method, headers }: IncomingMessage): Refusal | undefined {
  if (method !== "GET") return { status: 405, message: "Invalid HTTP method" };
  if (headers.upgrade?.toLowerCase() !== "websocket") {
    return { status: 400, message: "Invalid Upgrade header" };
  }
  if (!keyPattern.test(headers["sec-websocket-key"] ?? "")) {
    return { status: 400, message: "Missing or invalid Sec-WebSocket-Key header" };
  }
  if (!isKnownVersion(headers["sec-websocket-version"])) {
    const message = "Missing or invalid Sec-WebSocket-Version header";
    return { status: 400, message, headers: { "Sec-WebSocket-Version": "13, 8" } };
  }
  return undefined;
}

const strictHandshake = new ServerHandshake({ allowedOrigins: "any" }, nodePlatform);

/** What RFC 6455 has against the request. Origins are `verifyClient`'s to judge. */
export function strictFaultOf(request: IncomingMessage): Refusal | undefined {
  const { method = "", url = "", httpVersion, rawHeaders } = request;
  const headers = new HeaderList(rawHeaders);
  const examined = strictHandshake.examine({ method, target: url, httpVersion, headers });
  if (examined.accepted === undefined) return undefined;
  const { status, body, headers: answered } = examined.response;
  return { status, message: body, headers: Object.fromEntries(answered) };
}

function isKnownVersion(version: string | undefined): boolean {
  return version !== undefined && (Number(version) === 13 || Number(version) === 8);
}

/** The origin, in the header that belongs to the version. */
export function originOf({ headers }: IncomingMessage): string {
  const isOld = Number(headers["sec-websocket-version"]) === 8;
  return headers[isOld ? "sec-websocket-origin" : "origin"] as string;
}

/** The subprotocols that are offered, or what is wrong with them. */
export function offeredProtocols({ headers }: IncomingMessage): Set<string> | Refusal {
  const header = headers["sec-websocket-protocol"];
  if (header === undefined) return new Set();
  try {
    return subprotocol.parse(header);
  } catch {
    return { status: 400, message: "Invalid Sec-WebSocket-Protocol header" };
  }
}

export type AcceptedExtensions = Record<string, PerMessageDeflate | undefined>;

/** The extensions in force, or what is wrong with those that are offered. */
export function acceptedExtensions(
  { headers }: IncomingMessage,
  options: boolean | PerMessageDeflateOptions | undefined,
  maxPayload: number | undefined,
): AcceptedExtensions | Refusal {
  const header = headers["sec-websocket-extensions"];
  if (!options || header === undefined) return {};
  const given = options === true ? {} : options;
  const deflate = new PerMessageDeflate({ ...given, isServer: true, maxPayload });
  try {
    const offers = extension.parse(header)[extensionName];
    if (offers === undefined) return {};
    deflate.accept(offers);
    return { [extensionName]: deflate };
  } catch {
    return { status: 400, message: "Invalid or unacceptable Sec-WebSocket-Extensions header" };
  }
}

/** Whether it is a refusal. */
export function isRefusal(result: object): result is Refusal {
  return "status" in result && typeof result.status === "number";
}
