/** What the list of the inspector holds, in the order in which it travelled. Entries are replaced when more is known, never changed. */
import type { EndReason, HttpHead, ListedConnection, Side } from "./seen-events.ts";

interface EntryBase {
  /** Counted from 1, also over what was left out since. */
  readonly id: number;
  /** Milliseconds since 1970; undefined where nothing travelled. */
  readonly at: number | undefined;
}

export interface HandshakeEntry extends EntryBase {
  readonly kind: "handshake";
  readonly request: HttpHead | undefined;
  /** Undefined until it is there. */
  readonly response: HttpHead | undefined;
  readonly acceptComputed: string | undefined;
  readonly acceptReceived: string | undefined;
  readonly problems: readonly string[];
  /** The body of an answer that is no WebSocket, cut. */
  readonly body: string | undefined;
}

/** The message that a frame ends. */
export interface JoinedMessage {
  /** The frames it came in, this one last. */
  readonly frames: readonly number[];
  readonly opcode: number;
  readonly isCompressed: boolean;
  /** As it travelled, masks and headers aside. */
  readonly byteLength: number;
  /** After inflating, where that was needed; undefined where it was impossible. */
  readonly inflatedLength: number | undefined;
  /** Inflated, cut. */
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
}

export interface FrameEntry extends EntryBase {
  readonly kind: "frame";
  readonly at: number;
  readonly from: Side;
  /** In hexadecimal. */
  readonly header: string;
  readonly fin: boolean;
  readonly rsv: readonly [boolean, boolean, boolean];
  readonly opcode: number;
  readonly maskKey: string | undefined;
  readonly payloadLength: number;
  /** Unmasked, cut. */
  readonly payload: Uint8Array;
  readonly problems: readonly string[];
  /** Of a fragment, the first one's opcode: what kind of message it is a part of. */
  readonly messageOpcode: number | undefined;
  readonly message: JoinedMessage | undefined;
  /** Of a ping, its pong; of a pong, the ping that it answers. */
  readonly partner: number | undefined;
  readonly roundTripMs: number | undefined;
}

export interface NoteEntry extends EntryBase {
  readonly kind: "note";
  /** As the server says it, in English. */
  readonly text: string;
}

export interface DroppedEntry extends EntryBase {
  readonly kind: "dropped";
  readonly count: number;
}

export interface EndEntry extends EntryBase {
  readonly kind: "end";
  readonly reason: EndReason;
  readonly detail: string | undefined;
}

export type Entry = HandshakeEntry | FrameEntry | NoteEntry | DroppedEntry | EndEntry;

/** How it is with the connection that is looked at. */
export type Phase = "idle" | "dialing" | "open" | "closing" | "ended";

/** All that is looked at. */
export interface Talk {
  readonly phase: Phase;
  /** The address that was dialled. */
  readonly url: string | undefined;
  /** The address it led to, as in `127.0.0.1 8080`. */
  readonly address: string | undefined;
  /** The connection of the server that is watched. */
  readonly watched: ListedConnection | undefined;
  readonly entries: readonly Entry[];
  /** Entries that were let go of to make room. */
  readonly forgotten: number;
}
