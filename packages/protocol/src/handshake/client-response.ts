/**
 * Whether a server's response proves that it speaks WebSocket and keeps to what was offered (RFC 6455 §4.1, the last list).
 *
 * It judges one complete head. What is wrong with it is the peer's fault and becomes an error, never an exception.
 */
import { type ConnectionFailed, ProtocolViolation } from "../errors.ts";
import { type Extension, type NegotiatedExtension, confirmExtensions } from "./extension.ts";
import { HandshakeRefused } from "./handshake-refused.ts";
import type { ResponseHead } from "./head-lines.ts";
import type { HeaderList } from "./header-list.ts";
import { agreedSubprotocol } from "./subprotocol.ts";

/** What the request said, as far as the response must fit it. */
export interface ClientOffer extends NegotiableOffer {
  /** The value of `Sec-WebSocket-Accept` that the key leads to. */
  readonly acceptKey: string;
}

/** What is agreed on in the same way whatever the version of HTTP. */
export interface NegotiableOffer {
  readonly subprotocols: readonly string[];
  readonly extensions: readonly Extension[];
}

/** What both sides have agreed on. */
export interface Agreement {
  /** `""` when the server chose none. */
  readonly subprotocol: string;
  /** In the order they apply. */
  readonly extensions: readonly NegotiatedExtension[];
}

/** What the response in `head` agrees to, or what is wrong with it. */
export function judgeResponse(
  head: ResponseHead,
  offer: ClientOffer,
): Agreement | ProtocolViolation | ConnectionFailed {
  const { headers } = head;
  if (head.status !== 101) {
    return new HandshakeRefused(head.status, headers);
  }
  if (Number(head.httpVersion) < 1.1) {
    return new ProtocolViolation("HANDSHAKE_HTTP_VERSION");
  }
  if (headers.combined("upgrade")?.toLowerCase() !== "websocket") {
    return new ProtocolViolation("HANDSHAKE_UPGRADE");
  }
  if (!headers.tokens("connection").includes("upgrade")) {
    return new ProtocolViolation("HANDSHAKE_CONNECTION");
  }
  if (!isExactly(headers, offer.acceptKey)) {
    return new ProtocolViolation("HANDSHAKE_ACCEPT");
  }
  return agree(headers, offer);
}

/** The value is compared as it is, case included: base64 has two cases. */
function isExactly(headers: HeaderList, acceptKey: string): boolean {
  const values = headers.values("sec-websocket-accept");
  return values.length === 1 && values.includes(acceptKey);
}

/** What the server has chosen among what was offered, or what is wrong with its choice. */
export function agree(headers: HeaderList, offer: NegotiableOffer): Agreement | ProtocolViolation {
  const extensions = confirmExtensions(headers, offer.extensions);
  if (extensions === undefined) {
    return new ProtocolViolation("HANDSHAKE_EXTENSIONS");
  }
  const subprotocol = agreedSubprotocol(headers, offer.subprotocols);
  if (subprotocol === undefined) {
    return new ProtocolViolation("HANDSHAKE_SUBPROTOCOL");
  }
  return { subprotocol, extensions };
}
