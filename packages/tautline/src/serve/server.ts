/**
 * A running server: one HTTP server with the page, the plain endpoints and the hub behind it. This is where hub, node
 * and console meet; it wires them together and decides the order of beginning and end.
 */
import { documentationDirectory } from "@tautline/console";
import type { Hub, HubChannel } from "@tautline/hub";
import { WebSocketServer } from "@tautline/node";
import type { ChannelContract } from "@tautline/wire";

import { Console } from "../console/console.ts";
import { consoleParts } from "../console/parts.ts";
import type { MetricsPage } from "../metrics/metrics-page.ts";
import { ownPage } from "../metrics/metrics-page.ts";
import { DormantMetrics } from "../metrics/dormant-metrics.ts";
import { PrometheusMetrics } from "../metrics/prometheus-metrics.ts";
import { localUrl, networkUrls } from "./addresses.ts";
import { Backstage } from "./backstage.ts";
import { systemClock } from "./clock.ts";
import { Documentation } from "./documentation.ts";
import type { DrainParts } from "./drain.ts";
import { Drain } from "./drain.ts";
import { broadcastServer, echoServer } from "./endpoints.ts";
import { answerHttp } from "./http-answers.ts";
import { HttpTransports } from "../http/http-transports.ts";
import { acceptUnidirectional } from "../http/unidirectional-websocket.ts";
import { chooseSubprotocol, codecFor } from "./hub-format.ts";
import { Listener } from "./listener.ts";
import { openHub } from "./open-hub.ts";
import type { ServerSettings } from "./options.ts";
import type { PageFiles } from "./page-files.ts";

/** The paths that speak WebSocket. */
export const paths = Object.freeze({
  hub: "/connection/websocket",
  unidirectional: "/connection/uni_websocket",
  echo: "/echo",
  broadcast: "/broadcast",
});

export class TautlineServer {
  /** Channels, procedures, clients and permissions. */
  readonly hub: Hub;
  readonly #settings: ServerSettings;
  readonly #listener: Listener;
  readonly #webSockets: ReadonlyMap<string, WebSocketServer>;
  readonly #transports: HttpTransports;
  readonly #console: Console;
  readonly #backstage: Backstage;
  readonly #drain: Drain;

  /** @internal made by `serve` */
  constructor(settings: ServerSettings, files: PageFiles) {
    this.#settings = settings;
    const metrics = settings.metrics ? new PrometheusMetrics() : undefined;
    const dormant = new DormantMetrics();
    this.hub = openHub(settings, metrics ?? dormant);
    const { logger } = settings;
    const { hub } = this;
    const webSockets = openWebSockets(settings, hub);
    const clock = systemClock;
    const measure = (): PrometheusMetrics => metrics ?? dormant.wake();
    const parts = consoleParts({
      hub,
      settings,
      webSockets,
      metrics,
      measure,
      logger,
      clock,
      callApi: (method, body) => this.#backstage.call(method, body),
    });
    this.#console = new Console({ ...settings, parts, token: settings.consoleToken });
    this.#webSockets = new Map([...webSockets, ...this.#console.webSockets]);
    this.#transports = openTransports(settings, hub);
    this.#backstage = new Backstage({
      hub,
      settings,
      logger,
      metrics,
      metricsPage: metrics && this.#metricsPage(metrics),
      tracer: settings.tracer,
    });
    const { page } = settings;
    const site = {
      files,
      page,
      documentation: page ? new Documentation(documentationDirectory) : undefined,
      webSocketPaths: new Set(this.#webSockets.keys()),
    };
    this.#listener = new Listener((request, response) => {
      if (this.#transports.handle(request, response)) return;
      if (this.#console.handle(request, response)) return;
      if (!this.#backstage.handle(request, response)) answerHttp(site, request, response);
    }, logger);
    this.#drain = new Drain(this.#drainParts(), systemClock);
    for (const [path, server] of this.#webSockets) server.attach(this.#listener.http, { path });
  }

  /** @internal called once, by `serve` */
  async listen(): Promise<void> {
    await Promise.all([this.hub.ready, this.#transports.ready]);
    await this.#backstage.listen();
    try {
      const { port, host, part } = this.#settings;
      await this.#listener.listen({ port, host, reusePort: part.reusePort });
    } catch (error) {
      await this.#backstage.close();
      throw error;
    }
  }

  /** The port it listens on. */
  get port(): number {
    return this.#listener.port;
  }

  /** The port of the API and of health, when they have one of their own. */
  get internalPort(): number | undefined {
    return this.#backstage.port;
  }

  /** The address for this machine, as in `http://localhost:8080`. WebSocket clients may take it too. */
  get url(): string {
    return localUrl(this.#settings.host, this.port);
  }

  /** The addresses for other machines; none when only this machine is served. */
  get networkUrls(): readonly string[] {
    return networkUrls(this.#settings.host, this.port);
  }

  /** Whether the hub lets everybody do what no hook decides. */
  get open(): boolean {
    return this.#settings.hub.open;
  }

  /**
   * A channel, by its contract or by its name alone.
   *
   * @throws RangeError when the name is empty or too long
   */
  channel<Message = unknown>(contract: ChannelContract<Message> | string): HubChannel<Message> {
    return this.hub.channel(contract);
  }

  /**
   * Ends in order, so that nobody has to notice: says 503 at `/readyz` for `drainGraceMs`; takes nothing new; tells the hub's
   * clients to come back (3001) one after the other over `drainSpreadMs`, and all others that it is going (1001); waits for them
   * up to `drainTimeoutMs`, and cuts off who is left. A second call waits for the first.
   */
  close(): Promise<void> {
    return this.#drain.run(this.#settings);
  }

  /** Cuts everybody off at once. Resolves when the port is free. */
  async terminate(): Promise<void> {
    this.#drain.force();
    const closed = this.close();
    for (const server of this.#webSockets.values()) {
      for (const connection of server.connections) connection.terminate();
    }
    this.#listener.http.closeAllConnections();
    await closed;
  }

  #metricsPage(metrics: PrometheusMetrics): MetricsPage | undefined {
    const { hub } = this;
    return this.#settings.part.metricsPage(ownPage(metrics, hub), () => metrics.values(hub));
  }

  #drainParts(): DrainParts {
    let released: Promise<void> | undefined;
    return {
      announce: () => this.#backstage.announceEnd(),
      refuse: () => {
        this.#backstage.retire();
        released = this.#listener.close();
      },
      tell: (overMs) => this.hub.drain(overMs),
      hurry: () => void this.#leaveHub(),
      finish: async () => {
        await this.#finish();
        await released;
        await this.#backstage.close();
      },
    };
  }

  async #finish(): Promise<void> {
    const { drainTimeoutMs, logger } = this.#settings;
    await this.#console.close().catch((err: unknown) => {
      logger.error({ err }, "the console did not end");
    });
    const left = this.#leaveHub();
    const servers = [...this.#webSockets.values()];
    await Promise.all([
      ...servers.map((server) => server.shutdown({ drainTimeoutMs })),
      this.#transports.close(),
    ]);
    this.#listener.http.closeAllConnections();
    await left;
  }

  /** A broker that does not answer must not keep the process any longer than a client that does not. */
  async #leaveHub(): Promise<void> {
    const { drainTimeoutMs, logger } = this.#settings;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainTimeoutMs);
    });
    const left = this.hub.shutdown().catch((err: unknown) => {
      logger.error({ err }, "the hub did not end");
    });
    await Promise.race([left, timeout]);
    clearTimeout(timer);
  }
}

function openWebSockets(settings: ServerSettings, hub: Hub): ReadonlyMap<string, WebSocketServer> {
  const { connection, allowedOrigins, demos } = settings;
  const servers = new Map<string, WebSocketServer>();
  servers.set(
    paths.hub,
    new WebSocketServer({
      // The hub has a heartbeat of its own, which clients of its protocol expect.
      pingIntervalMs: 0,
      ...connection,
      allowedOrigins,
      subprotocols: chooseSubprotocol,
      onConnection: (client, { headers, remoteAddress, query }) => {
        const codec = codecFor(client.subprotocol, query);
        hub.accept(client, { headers, remoteAddress, transport: "websocket", codec });
      },
    }),
  );
  servers.set(
    paths.unidirectional,
    new WebSocketServer({
      // The first message is the last; and who only listens is asked by the transport whether they are there.
      ...connection,
      allowedOrigins,
      onConnection: (client, request) => acceptUnidirectional(hub, client, request),
    }),
  );
  if (demos) {
    servers.set(paths.echo, echoServer({ connection, allowedOrigins }));
    servers.set(paths.broadcast, broadcastServer({ connection, allowedOrigins }));
  }
  return servers;
}

function openTransports(settings: ServerSettings, hub: Hub): HttpTransports {
  const { allowedOrigins, drainTimeoutMs, logger, relay, transports } = settings;
  return new HttpTransports({
    hub,
    relay,
    logger,
    options: { allowedOrigins, closeTimeoutMs: Math.max(1, drainTimeoutMs), ...transports },
  });
}
