/** What the inspector finds in a file, in the order in which it travelled. Plain data: it is printed, and written as JSON. */

export type Side = "client" | "server";

export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

export interface HttpHead {
  /** As in `GET /chat HTTP/1.1`. */
  readonly startLine: string;
  readonly headers: readonly HeaderLine[];
}

export interface ConnectionFinding {
  readonly kind: "connection";
  /** Counted from 1. */
  readonly connection: number;
  /** Address and port, or what is known of them. */
  readonly client: string;
  readonly server: string;
}

/** The opening handshake (RFC 6455 §4), as far as it is there. */
export interface HandshakeFinding {
  readonly kind: "handshake";
  readonly connection: number;
  readonly request: HttpHead | undefined;
  readonly response: HttpHead | undefined;
  /** What `Sec-WebSocket-Accept` has to be for the request's key (§4.2.2). */
  readonly acceptComputed: string | undefined;
  readonly acceptReceived: string | undefined;
  readonly problems: readonly string[];
}

export interface FrameFinding {
  readonly kind: "frame";
  readonly connection: number;
  readonly from: Side;
  /** Since 1970, in milliseconds, where the file tells. */
  readonly at: number | undefined;
  /** The header as it travelled, mask key included, in hexadecimal. */
  readonly header: string;
  readonly fin: boolean;
  /** RSV1, RSV2, RSV3. */
  readonly rsv: readonly [boolean, boolean, boolean];
  readonly opcode: number;
  /** Eight hexadecimal digits; undefined for a frame that is not masked. */
  readonly maskKey: string | undefined;
  readonly payloadLength: number;
  /** Unmasked; cut behind {@link keptBytes}. */
  readonly payload: Uint8Array;
  /** At the end of a compressed message: the whole message, inflated, and cut likewise. */
  readonly inflated: Uint8Array | undefined;
  readonly inflatedLength: number | undefined;
  readonly problems: readonly string[];
}

/** A message of a HAR file, which has no frames. */
export interface MessageFinding {
  readonly kind: "message";
  readonly connection: number;
  readonly from: Side;
  readonly at: number | undefined;
  readonly opcode: number;
  readonly payloadLength: number;
  readonly payload: Uint8Array;
}

/** Something about the file or a connection that the reader should know. */
export interface NoteFinding {
  readonly kind: "note";
  readonly connection: number | undefined;
  readonly text: string;
}

export type Finding =
  ConnectionFinding | HandshakeFinding | FrameFinding | MessageFinding | NoteFinding;

/** Takes findings as they are made. */
export type Report = (finding: Finding) => void;

/** So much of a payload is kept for showing it. */
export const keptBytes = 1024 * 1024;

/** The file is not what it should be: what and where. Its message is for people. */
export class MalformedFile extends Error {
  override readonly name = "MalformedFile";
}
