/**
 * The options of a client, those of `http.request` and TLS included.
 */
import type { Agent, ClientRequest, ClientRequestArgs } from "node:http";
import type { createConnection } from "node:net";
import type { SecureContextOptions } from "node:tls";
import type { SharedOptions } from "./constants.ts";
import type { PerMessageDeflateOptions } from "./deflate-agreement.ts";

export type CertMeta = string | string[] | Buffer | Buffer[];

/** @template Socket the class of the WebSocket */
export interface ClientOptionsFor<Socket> extends SecureContextOptions, SharedOptions {
  /** The subprotocols, where they are not given as an argument. */
  protocols?: string | string[] | undefined;
  protocol?: string | undefined;
  /** Answers that send elsewhere are followed. Default false. */
  followRedirects?: boolean | undefined;
  generateMask?(mask: Buffer): void;
  /** How long the opening handshake may take, in milliseconds. Default: as long as it takes. */
  handshakeTimeout?: number | undefined;
  /** Default 10. */
  maxRedirects?: number | undefined;
  /** Default true. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  localAddress?: string | undefined;
  /** 8 or 13. Default 13. */
  protocolVersion?: number | undefined;
  headers?: { [key: string]: string } | undefined;
  /** The value of the `Origin` header. */
  origin?: string | undefined;
  agent?: Agent | undefined;
  host?: string | undefined;
  family?: number | undefined;
  checkServerIdentity?(servername: string, cert: CertMeta): boolean;
  rejectUnauthorized?: boolean | undefined;
  allowSynchronousEvents?: boolean | undefined;
  autoPong?: boolean | undefined;
  closeTimeout?: number | undefined;
  maxPayload?: number | undefined;
  maxBufferedChunks?: number | undefined;
  maxFragments?: number | undefined;
  maxPendingAutoPongs?: number | undefined;
  skipUTF8Validation?: boolean | undefined;
  createConnection?: typeof createConnection | undefined;
  /** Is given the request before it is sent, and has to end it. */
  finishRequest?: ((request: ClientRequest, websocket: Socket) => void) | undefined;
}

/** What the argument may be. */
export type GivenClientOptions<Socket> = ClientOptionsFor<Socket> | ClientRequestArgs;
