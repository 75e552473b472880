/**
 * The hub's transports over plain HTTP, for where WebSocket cannot pass: streams of lines and of events, polling, and the
 * address where their clients send commands. It lets requests in, makes lines of them and hands those to the hub; who may
 * connect, and what anybody may do, is the hub's to decide, as on a WebSocket.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Clock, Hub, Logger, NodeRelay } from "@tautline/hub";
import { silentLogger } from "@tautline/hub";
import type { Codec } from "@tautline/wire";
import { disconnects, jsonCodec } from "@tautline/wire";

import { readFrame } from "./client-frame.ts";
import { ClientDesk } from "./client-desk.ts";
import { CrossOrigin } from "./cross-origin.ts";
import { readPollRequest, readSendRequest } from "./emulation-request.ts";
import type { Endpoint, StreamEndpoint, StreamSpeech } from "./endpoints.ts";
import { endpoints } from "./endpoints.ts";
import { Exchange } from "./exchange.ts";
import type { Frame } from "./frame-inbox.ts";
import type { HeldLine } from "./held-line.ts";
import type { HttpTransportOptions } from "./options.ts";
import { resolveTransportOptions } from "./options.ts";
import { PollLine } from "./poll-line.ts";
import { StreamLine } from "./stream-line.ts";
import { systemClock } from "../serve/clock.ts";

/** What the transports are made of. */
export interface HttpTransportsSetup {
  /** Whose `prepare` is `prepareMessage` of `@tautline/node`. */
  readonly hub: Hub;
  /**
   * Between the nodes of one service. By default what joins the hub to others; where nothing does, every request of a client
   * has to come to this node.
   */
  readonly relay?: NodeRelay | undefined;
  /** Silent by default. */
  readonly logger?: Logger | undefined;
  /** The system's by default. */
  readonly clock?: Clock | undefined;
  /** Makes ids that nobody can guess; random UUIDs by default. */
  readonly randomId?: (() => string) | undefined;
  readonly options?: Partial<HttpTransportOptions> | undefined;
}

export class HttpTransports {
  /** Resolves when other nodes can reach this one's clients; rejects when the relay fails. */
  readonly ready: Promise<void>;
  readonly #hub: Hub;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #randomId: () => string;
  readonly #options: HttpTransportOptions;
  readonly #crossOrigin: CrossOrigin;
  readonly #desk: ClientDesk;
  readonly #lines = new Set<HeldLine>();
  #pendingRequests = 0;
  #closing: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  /** @throws RangeError or UsageError for options that make no sense */
  constructor(setup: HttpTransportsSetup) {
    const { hub, logger = silentLogger, clock = systemClock, randomId = randomUUID } = setup;
    const { relay = hub.relay } = setup;
    this.#hub = hub;
    this.#logger = logger;
    this.#clock = clock;
    this.#randomId = randomId;
    this.#options = resolveTransportOptions(setup.options);
    this.#crossOrigin = new CrossOrigin(this.#options.allowedOrigins);
    // What stands before the slash tells other hubs whom to ask.
    const node = `${hub.node}/${randomId()}`;
    this.#desk = new ClientDesk({ ...this.#options, node, relay, logger });
    this.ready = this.#desk.open();
    // Whoever waits for it sees the failure as well; nobody has to.
    this.ready.catch((err: unknown) => logger.error({ err }, "the relay did not start"));
  }

  /** The name by which other nodes ask for this one's clients. */
  get node(): string {
    return this.#desk.node;
  }

  /**
   * Takes a request when its path is one of the transports', and says whether it did. It belongs before anything that
   * reads bodies, such as `express.json()`.
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    const { prefix } = this.#options;
    if (!path.startsWith(prefix)) return false;
    const endpoint = endpoints.get(path.slice(prefix.length));
    if (endpoint === undefined) return false;
    const exchange = new Exchange(request, response);
    this.#serve(endpoint, exchange).catch((err: unknown) => {
      this.#logger.error({ err }, "a request of a transport failed");
      exchange.refuse(500);
    });
    return true;
  }

  /** The same in the shape of Express and Connect: what is not taken goes on to `next`. */
  readonly middleware = (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ): void => {
    if (!this.handle(request, response)) next();
  };

  /**
   * Ends all connections with the code that brings clients back later, and takes no new ones. Resolves when their clients
   * have taken what there was to say, or were cut off for not taking it.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { code, reason } = disconnects.shutdown;
    for (const line of this.#lines) {
      line.close(code, reason);
      // Who does not ask just now finds nobody to ask.
      if (line instanceof PollLine) line.leave();
    }
    if (this.#lines.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    await this.#desk.close();
  }

  async #serve(endpoint: Endpoint, exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const headers = this.#crossOrigin.headersFor(request);
    if (headers === undefined) return exchange.refuse(403);
    exchange.addHeaders(headers);
    const methods = [...endpoint.methods, "OPTIONS"].join(", ");
    if (request.method === "OPTIONS") {
      exchange.addHeaders(this.#crossOrigin.preflight(methods));
      return exchange.answer(204);
    }
    if (!endpoint.methods.some((method) => method === request.method)) {
      exchange.addHeaders({ Allow: methods });
      return exchange.refuse(405);
    }
    const busy = this.#pendingRequests >= this.#options.maxPendingRequests;
    if (busy || this.#closing !== undefined) return exchange.refuse(503);
    this.#pendingRequests += 1;
    try {
      const read = await readFrame(endpoint, exchange, this.#clock, this.#options);
      if (exchange.gone) return;
      if ("refused" in read) exchange.refuse(read.refused);
      else await this.#take(endpoint, exchange, read.frame);
    } finally {
      this.#pendingRequests -= 1;
    }
  }

  async #take(endpoint: Endpoint, exchange: Exchange, frame: Frame): Promise<void> {
    if (endpoint.kind === "stream") this.#openStream(endpoint, exchange, frame);
    else if (endpoint.kind === "poll") this.#takePoll(exchange, frame);
    else await this.#takeCommands(exchange, frame);
  }

  async #takeCommands(exchange: Exchange, body: Frame): Promise<void> {
    const request = readSendRequest(body);
    if (request === undefined) return exchange.refuse(400);
    const { status } = await this.#desk.take(request);
    if (status === 204) exchange.answer(204);
    else exchange.refuse(status);
  }

  #takePoll(exchange: Exchange, body: Frame): void {
    const request = readPollRequest(body);
    if (request === undefined) return exchange.refuse(400);
    if (!("session" in request)) return this.#openPoll(exchange, request.data);
    // Not waited for: a held poll takes no part in what is under way.
    void this.#desk.take(request).then(({ status, body: lines }) => {
      if (status === 200 || status === 204) exchange.answer(status, lines);
      else exchange.refuse(status);
    });
  }

  #openStream(endpoint: StreamEndpoint, exchange: Exchange, frame: Frame): void {
    const { unidirectional, transport } = endpoint;
    const { format, codec } = speechFor(endpoint, frame);
    if (!this.#hasRoom(exchange)) return;
    const { maxWaitingFrames, closeTimeoutMs } = this.#options;
    const line = new StreamLine({
      response: exchange.stream(format.contentType),
      clock: this.#clock,
      format,
      codec,
      maxWaitingFrames,
      closeTimeoutMs,
    });
    const session = unidirectional ? undefined : this.#randomId();
    this.#admit(line, session, exchange, { transport, codec, unidirectional });
    line.onClose(() => this.#release(line, session));
    void line.receive(frame);
  }

  #openPoll(exchange: Exchange, frame: string): void {
    if (!this.#hasRoom(exchange)) return;
    const session = this.#randomId();
    const line: PollLine = new PollLine({
      ...this.#options,
      codec: jsonCodec,
      clock: this.#clock,
      forgotten: () => this.#release(line, session),
    });
    const form = { transport: "http_poll", codec: jsonCodec, unidirectional: false };
    this.#admit(line, session, exchange, form);
    void line.receive(frame);
    void line.poll(0).then((answer) => {
      if (answer === undefined) exchange.refuse(400);
      else exchange.answer(200, this.#desk.pollBody(session, answer));
    });
  }

  #admit(
    line: HeldLine,
    session: string | undefined,
    { request }: Exchange,
    form: { readonly transport: string; readonly codec: Codec; readonly unidirectional: boolean },
  ): void {
    this.#lines.add(line);
    if (session !== undefined) this.#desk.seat(session, line);
    this.#hub.accept(line, {
      ...form,
      ...(session !== undefined && { emulation: { session, node: this.node } }),
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress,
    });
  }

  #release(line: HeldLine, session: string | undefined): void {
    this.#lines.delete(line);
    if (session !== undefined) this.#desk.release(session);
    if (this.#lines.size === 0) this.#onEmpty?.();
  }

  #hasRoom(exchange: Exchange): boolean {
    const room = this.#closing === undefined && this.#lines.size < this.#options.maxConnections;
    if (!room) exchange.refuse(503);
    return room;
  }
}

/** The format in which the client has spoken is that of the connection. */
function speechFor({ json, protobuf = json }: StreamEndpoint, frame: Frame): StreamSpeech {
  return typeof frame === "string" ? json : protobuf;
}
