/**
 * The line to one client, as the hub needs it: messages out, messages in, an end. Any transport that carries whole
 * messages in order can stand behind it.
 */

/** A message framed once for many connections. Opaque: only the port that made it looks inside. */
export interface PreparedMessage {
  readonly byteLength: number;
}

/** Makes a message that is sent to many connections; whoever makes connections makes this too. */
export type Prepare = (data: string | Uint8Array) => PreparedMessage;

/** One connection. Its listeners are called in order and never during a call of the hub's. */
export interface ClientConnection {
  /** Queues a message. The result, whether the transport keeps up, is advice; `bufferedBytes` decides. */
  send(data: string | Uint8Array | PreparedMessage): boolean;
  /** Ends the connection with a code of the protocol (3000–4999) and its reason. */
  close(code?: number, reason?: string): void;
  onMessage(listener: (data: string | Uint8Array) => void): unknown;
  /** Called once, whoever ended the connection. */
  onClose(listener: (end: { readonly code: number; readonly reason: string }) => void): unknown;
  /** Calls no message listener until `resume`, and holds the peer back as soon as it can. */
  pause(): void;
  /** Goes on, with what came meanwhile first. */
  resume(): void;
  /** What was sent and is not yet with the operating system. */
  readonly bufferedBytes: number;
}
