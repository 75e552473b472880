/**
 * The small interface between an attempt to connect and the version of HTTP that it uses: one request, and the answer that
 * makes what carried it a WebSocket or does not.
 *
 * An implementation knows how its version of HTTP asks. How long that may take, and who waits, it does not know.
 */
import type { NegotiatedExtension } from "@tautline/protocol";
import type { TransportOpener } from "../connection/transport.ts";

/** The server has said yes. */
export interface Opened {
  /** `""` when the server chose none. */
  readonly subprotocol: string;
  readonly extensions: readonly NegotiatedExtension[];
  /** Bytes behind the answer, which are the connection's. */
  readonly rest: Uint8Array;
  /** Over what has carried the handshake; it is nobody else's from here on. */
  readonly openTransport: TransportOpener;
}

/** Exactly one of them is called, once, unless the opening is given up before. */
export interface OpeningEvents {
  opened(opened: Opened): void;
  /** With the reason that the caller is to see. The opening holds nothing any more. */
  failed(reason: Error): void;
}

export interface Opening {
  /** Asks the server. Bytes that come are not lost if the connection is started during `opened`. */
  begin(events: OpeningEvents): void;
  /** Lets go of everything, at once. Does nothing when it is over. */
  giveUp(): void;
}
