/**
 * A request for an upgrade in HTTP/1.1, as Node.js gives it to listeners for 'upgrade': the request, its socket, and what
 * has been read behind it.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { PeerCertificate } from "node:tls";
import { HeaderList, encodeResponse } from "@tautline/protocol";
import type { HandshakeRequest, HandshakeResponse } from "@tautline/protocol";
import type { Unsubscribe } from "../connection/listeners.ts";
import { openTransport } from "../connection/handle-transport.ts";
import type { Transport, TransportEvents } from "../connection/transport.ts";
import { EarlyBytes } from "./early-bytes.ts";
import type { Exchange } from "./exchange.ts";
import { refuseOnSocket } from "./http1-refusal.ts";
import { UpgradeRequest } from "./upgrade-request.ts";
import type { RequestSource } from "./upgrade-request.ts";

export class Http1Exchange implements Exchange {
  readonly head: HandshakeRequest;
  readonly request: UpgradeRequest;
  readonly #socket: Duplex;
  readonly #early: EarlyBytes;

  /** @param head bytes behind the request; they stay the caller's */
  constructor(message: IncomingMessage, socket: Duplex, head: Uint8Array) {
    this.head = {
      method: message.method ?? "",
      target: message.url ?? "",
      httpVersion: message.httpVersion,
      headers: new HeaderList(message.rawHeaders),
    };
    this.request = new UpgradeRequest(this.head, new MessageSource(message));
    this.#socket = socket;
    this.#early = new EarlyBytes(socket, head);
  }

  get carrier(): Duplex {
    return this.#socket;
  }

  get lost(): boolean {
    return this.#socket.destroyed;
  }

  get rest(): Uint8Array {
    return this.#early.bytes;
  }

  watch(onLost: (cause: Error | undefined) => void): Unsubscribe {
    return this.#early.watch(onLost);
  }

  accept(response: HandshakeResponse, events: TransportEvents): Transport {
    const transport = openTransport(this.#socket, events);
    this.#socket.write(encodeResponse(response));
    return transport;
  }

  refuse(response: HandshakeResponse, body?: Uint8Array): void {
    refuseOnSocket(this.#socket, response, body);
  }
}

class MessageSource implements RequestSource {
  readonly raw: IncomingMessage;

  constructor(message: IncomingMessage) {
    this.raw = message;
  }

  get headers(): IncomingHttpHeaders {
    return this.raw.headers;
  }

  get remoteAddress(): string | undefined {
    return this.raw.socket?.remoteAddress;
  }

  get peerCertificate(): PeerCertificate | undefined {
    const { socket } = this.raw;
    return socket instanceof TLSSocket && socket.authorized
      ? socket.getPeerCertificate()
      : undefined;
  }
}
