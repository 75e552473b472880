/**
 * A request for an upgrade in HTTP/1.1 that was read past Node.js' own http: its head in the words of the protocol, and the
 * bare socket it came on.
 *
 * What applications ask for in the words of Node.js is made when they do, the socket included.
 */
import { IncomingMessage } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { encodeResponse } from "@tautline/protocol";
import type { HandshakeRequest, HandshakeResponse } from "@tautline/protocol";
import type { BareSocket } from "../connection/bare-socket.ts";
import type { Unsubscribe } from "../connection/listeners.ts";
import type { Transport, TransportEvents } from "../connection/transport.ts";
import { EarlyReads } from "./early-reads.ts";
import type { Exchange } from "./exchange.ts";
import { refuseOnSocket } from "./http1-refusal.ts";
import { nodeHeaders } from "./node-headers.ts";
import { takeCarrier } from "./taken-carriers.ts";
import { UpgradeRequest } from "./upgrade-request.ts";
import type { RequestSource } from "./upgrade-request.ts";

const nothing = new Uint8Array(0);

export class DirectExchange implements Exchange {
  readonly head: HandshakeRequest;
  readonly request: UpgradeRequest;
  readonly #socket: BareSocket;
  readonly #rest: Uint8Array;
  /** Made when the answer takes its time. */
  #early: EarlyReads | undefined;

  /** @param rest bytes behind the head; they stay the caller's */
  constructor(head: HandshakeRequest, socket: BareSocket, rest: Uint8Array) {
    this.head = head;
    this.request = new UpgradeRequest(head, new HeadSource(head, socket));
    this.#rest = rest.byteLength === 0 ? nothing : Uint8Array.from(rest);
    this.#socket = socket;
  }

  /** Nobody else has the socket. */
  get carrier(): undefined {
    return undefined;
  }

  get lost(): boolean {
    return this.#socket.destroyed;
  }

  get rest(): Uint8Array {
    return this.#early?.bytes ?? this.#rest;
  }

  watch(onLost: (cause: Error | undefined) => void): Unsubscribe {
    const socket = this.#socket;
    this.#early = new EarlyReads(socket, this.#rest, onLost);
    socket.tell(this.#early);
    // The end of the wait is not the end of the peer: who takes over reads on.
    return () => socket.pause();
  }

  accept(response: HandshakeResponse, events: TransportEvents): Transport {
    const socket = this.#socket;
    const head = encodeResponse(response, latin1Bytes);
    socket.write([head], head.byteLength);
    socket.tell(events);
    return socket;
  }

  refuse(response: HandshakeResponse, body?: Uint8Array): void {
    refuseOnSocket(this.#socket.socket(), response, body);
  }
}

function latin1Bytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

class HeadSource implements RequestSource {
  readonly #head: HandshakeRequest;
  readonly #socket: BareSocket;
  #raw: IncomingMessage | undefined;
  #headers: IncomingHttpHeaders | undefined;

  constructor(head: HandshakeRequest, socket: BareSocket) {
    this.#head = head;
    this.#socket = socket;
  }

  /** As Node.js makes it for listeners for 'upgrade': complete, and without a body. */
  get raw(): IncomingMessage {
    if (this.#raw === undefined) {
      const socket = this.#socket.socket();
      takeCarrier(socket);
      this.#raw = messageOf(this.#head, socket, this.headers);
    }
    return this.#raw;
  }

  get headers(): IncomingHttpHeaders {
    this.#headers ??= nodeHeaders(this.#head.headers);
    return this.#headers;
  }

  get remoteAddress(): string | undefined {
    return this.#socket.addresses.remoteAddress;
  }

  /** There is no TLS here. */
  get peerCertificate(): undefined {
    return undefined;
  }
}

function messageOf(
  head: HandshakeRequest,
  socket: Socket,
  headers: IncomingHttpHeaders,
): IncomingMessage {
  const message = new IncomingMessage(socket);
  const [major, minor] = head.httpVersion.split(".");
  message.httpVersion = head.httpVersion;
  message.httpVersionMajor = Number(major);
  message.httpVersionMinor = Number(minor);
  message.method = head.method;
  message.url = head.target;
  message.rawHeaders = [...head.headers].flat();
  message.headers = headers;
  message.headersDistinct = Object.fromEntries(
    Object.keys(headers).map((name) => [name, [...head.headers.values(name)]]),
  );
  message.complete = true;
  message.push(null);
  return message;
}
