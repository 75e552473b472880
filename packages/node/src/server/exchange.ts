/**
 * The small interface between a server and whatever brings it a request for a WebSocket: an upgrade in HTTP/1.1, an
 * extended CONNECT in HTTP/2.
 *
 * An implementation knows how its version of HTTP writes an answer, and what carries the bytes after it. What the answer
 * is, it is told.
 */
import type { HandshakeRequest, HandshakeResponse } from "@tautline/protocol";
import type { Unsubscribe } from "../connection/listeners.ts";
import type { Transport, TransportEvents } from "../connection/transport.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** One request and its answer: exactly one of {@link Exchange.accept} and {@link Exchange.refuse} is called, once. */
export interface Exchange {
  /** The request as the protocol judges it. */
  readonly head: HandshakeRequest;
  /** The request as the application sees it. */
  readonly request: UpgradeRequest;
  /**
   * What the connection would run over: no two exchanges may answer on the same one. `undefined` where nobody else can have
   * it.
   */
  readonly carrier: object | undefined;
  /** The peer is not there any more. */
  readonly lost: boolean;
  /** Bytes that came behind the request and have been read already, in memory that becomes the connection's. */
  readonly rest: Uint8Array;
  /** Calls `onLost` when the peer goes away, as far as that shows behind what it has sent; until told to stop. */
  watch(onLost: (cause: Error | undefined) => void): Unsubscribe;
  /** Says yes, and hands the carrier over to a transport. */
  accept(response: HandshakeResponse, events: TransportEvents): Transport;
  /** Says no, with `body` in the place of the response's own when it is given, and lets go of the carrier. */
  refuse(response: HandshakeResponse, body?: Uint8Array): void;
}
