/**
 * The port between a session and whatever carries its frames. A WebSocket is one implementation; streams and polling
 * for networks that block it fit the same port. It knows frames, not what is in them.
 */

/** What a link tells its session. None of these is called before the function that opens the link has returned. */
export interface LinkEvents {
  opened(): void;
  received(frame: string | Uint8Array): void;
  /** The last event; may come without `opened`. */
  closed(code: number, reason: string): void;
}

/** One connection, being opened or open. */
export interface Link {
  /** Bytes that were sent by the session and not yet by the machine. */
  readonly bufferedBytes: number;
  send(frame: string | Uint8Array): void;
  /** Ends the connection, politely if there is one; `closed` follows in its time. */
  close(): void;
}

/** Opens a link. May throw when the platform refuses: the attempt counts as failed. */
export type OpenLink = (events: LinkEvents) => Link;
