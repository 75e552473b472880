/**
 * Whether an answer to a client's handshake opens a connection, in the order and the words of `ws`.
 */
import { nodePlatform } from "@tautline/node";
import { acceptKey } from "@tautline/protocol";
import type { IncomingHttpHeaders } from "node:http";
import { extension } from "./extension.ts";
import type { ParsedParameters } from "./extension.ts";
import { extensionName } from "./per-message-deflate.ts";
import type { PerMessageDeflate } from "./per-message-deflate.ts";

/** What was asked for. */
export interface Asked {
  readonly key: string;
  readonly protocols: ReadonlySet<string>;
  readonly deflate: PerMessageDeflate | undefined;
}

/** What was agreed on, or what is wrong. */
export type Answer =
  | { readonly fault: string }
  | { readonly fault?: undefined; readonly protocol: string; readonly deflates: boolean };

export function judge(headers: IncomingHttpHeaders, asked: Asked): Answer {
  if (headers.upgrade?.toLowerCase() !== "websocket") return { fault: "Invalid Upgrade header" };
  if (headers["sec-websocket-accept"] !== acceptKey(asked.key, nodePlatform)) {
    return { fault: "Invalid Sec-WebSocket-Accept header" };
  }
  const protocol = headers["sec-websocket-protocol"];
  const protocolFault = faultOfProtocol(protocol, asked.protocols);
  if (protocolFault !== undefined) return { fault: protocolFault };
  const extensions = headers["sec-websocket-extensions"];
  if (extensions === undefined) return { protocol: protocol ?? "", deflates: false };
  const extensionFault = faultOfExtensions(extensions, asked.deflate);
  if (extensionFault !== undefined) return { fault: extensionFault };
  return { protocol: protocol ?? "", deflates: true };
}

function faultOfProtocol(
  protocol: string | undefined,
  asked: ReadonlySet<string>,
): string | undefined {
  if (protocol === undefined) return asked.size > 0 ? "Server sent no subprotocol" : undefined;
  if (asked.size === 0) return "Server sent a subprotocol but none was requested";
  return asked.has(protocol) ? undefined : "Server sent an invalid subprotocol";
}

/** Accepts what is in order, too. */
function faultOfExtensions(
  header: string,
  deflate: PerMessageDeflate | undefined,
): string | undefined {
  if (deflate === undefined) {
    return "Server sent a Sec-WebSocket-Extensions header but no extension was requested";
  }
  const invalid = "Invalid Sec-WebSocket-Extensions header";
  let answers: [string, ParsedParameters[]][];
  try {
    answers = Object.entries(extension.parse(header));
  } catch {
    return invalid;
  }
  const [answer] = answers;
  if (answer === undefined || answers.length !== 1 || answer[0] !== extensionName) {
    return "Server indicated an extension that was not requested";
  }
  try {
    deflate.accept(answer[1]);
  } catch {
    return invalid;
  }
  return undefined;
}
