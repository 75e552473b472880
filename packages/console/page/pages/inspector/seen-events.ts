/**
 * What the server's probe tells the page, in the form in which it travels. The server is the page's own, so its events are taken at
 * their word; what it has seen of others stands in them as data.
 */
export type Side = "client" | "server";

export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

export interface HttpHead {
  readonly startLine: string;
  readonly headers: readonly HeaderLine[];
}

/** A connection of the server that can be watched. */
export interface ListedConnection {
  readonly id: number;
  readonly path: string;
  readonly openedAt: number;
  readonly remoteAddress?: string;
  readonly userAgent?: string;
  /** The id of the hub's client that it carries. */
  readonly client?: string;
  readonly user?: string;
  readonly info?: unknown;
}

export interface HandshakeEvent {
  readonly kind: "handshake";
  readonly request?: HttpHead;
  readonly response?: HttpHead;
  readonly acceptComputed?: string;
  readonly acceptReceived?: string;
  readonly problems: readonly string[];
}

export interface FrameEvent {
  readonly kind: "frame";
  readonly from: Side;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The header as it travelled, mask key included, in hexadecimal. */
  readonly header: string;
  readonly fin: boolean;
  readonly rsv: readonly [boolean, boolean, boolean];
  readonly opcode: number;
  /** Eight hexadecimal digits. */
  readonly maskKey?: string;
  readonly payloadLength: number;
  /** Unmasked, cut, in base64. */
  readonly payload: string;
  /** At the end of a compressed message: the whole message, cut likewise. */
  readonly inflated?: string;
  readonly inflatedLength?: number;
  readonly problems: readonly string[];
}

/** Why a connection ended or could not be had. */
export const endReasons = [
  "ended",
  "hung-up",
  "host-refused",
  "no-such-host",
  "unreachable",
  "tls",
  "timed-out",
  "reset",
  "gone",
  "too-many-pages",
  "closing",
] as const;
export type EndReason = (typeof endReasons)[number];

export interface EndEvent {
  readonly kind: "end";
  readonly at: number;
  readonly reason: EndReason;
  readonly detail?: string;
}

/** What belongs to the traffic that is looked at. */
export type TrafficEvent =
  | { readonly kind: "dialing"; readonly url: string; readonly address: string }
  | { readonly kind: "request"; readonly at: number; readonly head: HttpHead }
  | HandshakeEvent
  | { readonly kind: "body"; readonly text: string }
  | { readonly kind: "watching"; readonly connection: ListedConnection }
  | FrameEvent
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "dropped"; readonly count: number }
  | EndEvent;

export interface ReadyEvent {
  readonly kind: "ready";
  /** This server, as the page has found it. */
  readonly here: string;
  /** Hosts that may be dialled beside loopback addresses. */
  readonly hosts: readonly string[];
}

export type ProbeEvent =
  | ReadyEvent
  | { readonly kind: "connections"; readonly connections: readonly ListedConnection[] }
  | { readonly kind: "wrong"; readonly text: string }
  | TrafficEvent;
