/**
 * The form of a case about the client's side of the opening handshake: what is looked at in its request, or an answer that
 * differs from a good one in one thing and what a client has to make of it. Cases are data; they know no socket.
 */
import type { HandshakeCase } from "../handshake-case.ts";

/** How Sec-WebSocket-Accept stands in the answer. */
export type AcceptForm =
  | "left out"
  | "empty"
  | "of another key"
  | "the key itself"
  | "without the GUID"
  | "in other letters"
  | "twice"
  | "with white space"
  | "folded in the middle";

/** Everything that is not said is as it has to be. */
export interface AnswerEdits {
  /** Of HTTP. Default: 1.1. */
  readonly version?: string;
  /** Default: 101. */
  readonly status?: number;
  /** Fields in the place of the usual ones, each once per value; with an empty list it is left out. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  readonly accept?: AcceptForm;
  /** Default: the first that was offered, if there is one. */
  readonly subprotocol?: "not offered" | "two in a field" | "in two fields";
  /** Parameters of permessage-deflate, besides those that the client's offer demands. Without this it is declined. */
  readonly deflate?: readonly string[];
  /** The value of client_max_window_bits in the answer is one above the offered one. */
  readonly windowBeyondOffer?: boolean;
  /** Whole lines behind the fields, well-formed or not. */
  readonly lines?: readonly string[];
  /** A whole answer before this one. */
  readonly interim?: readonly string[];
  /** Default: in one write, and the first message behind it in another. */
  readonly arrival?: "byte by byte" | "with the first message" | "never";
}

/**
 * - asks well: the request is as it has to be; what comes of the answer does not matter;
 * - opens: the handshake succeeds, and a message comes back;
 * - fails: the client fails the connection (RFC 6455 §7.1.7);
 * - does not open: the answer is one of plain HTTP, and no message comes back;
 * - gives up: no answer comes.
 */
export type ClientExpected = "asks well" | "opens" | "fails" | "does not open" | "gives up";

/** What is looked at in a request: see `request-rules.ts`. */
export type RequestRuleName =
  | "method"
  | "version"
  | "target"
  | "host"
  | "upgrade"
  | "connection"
  | "key"
  | "protocol version"
  | "origin"
  | "subprotocols"
  | "extensions"
  | "permessage-deflate"
  | "lines"
  | "patience"
  | "fresh key";

/** What a client has to offer for a case to have a meaning. */
export type Need =
  | "permessage-deflate"
  | "permessage-deflate without client_max_window_bits"
  | "client_max_window_bits below 15";

export interface ClientOpeningCase extends HandshakeCase {
  readonly expects: ClientExpected;
  /** With "asks well". */
  readonly asks?: RequestRuleName;
  readonly needs?: Need;
  /** Default: a good answer. */
  readonly edits?: AnswerEdits;
}
