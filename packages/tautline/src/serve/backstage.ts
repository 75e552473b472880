/**
 * The side of a server that backends and operators see: the API, metrics, and whether the server is well. It stands on the main port,
 * or on a port of its own; there the main port says only whether the server is well.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Hub, Logger, Tracer } from "@tautline/hub";

import type { Outcome } from "../api/call.ts";
import { HttpApi } from "../api/http-api.ts";
import type { Method } from "../api/method.ts";
import type { MetricsPage } from "../metrics/metrics-page.ts";
import type { PrometheusMetrics } from "../metrics/prometheus-metrics.ts";
import { systemClock } from "./clock.ts";
import type { BackstageSettings } from "./backstage-options.ts";
import { answerHealth } from "./health.ts";
import { answerText, isRead } from "./page-answers.ts";
import { Listener } from "./listener.ts";

export interface BackstageSetup {
  readonly hub: Hub;
  readonly settings: BackstageSettings;
  readonly logger: Logger;
  /** Absent when nothing is measured. */
  readonly metrics: PrometheusMetrics | undefined;
  /** What is at `/metrics`; absent when nothing is. */
  readonly metricsPage: MetricsPage | undefined;
  /** Absent when nobody wants spans. */
  readonly tracer: Tracer | undefined;
}

export class Backstage {
  readonly #settings: BackstageSettings;
  readonly #api: HttpApi;
  readonly #metricsPage: MetricsPage | undefined;
  readonly #logger: Logger;
  /** Absent when all stands on the main port. */
  readonly #listener: Listener | undefined;
  #ready = true;

  /** @throws RangeError for options that make no sense */
  constructor(setup: BackstageSetup) {
    const { hub, settings, logger, metrics, tracer } = setup;
    this.#settings = settings;
    this.#metricsPage = setup.metricsPage;
    this.#logger = logger;
    this.#api = new HttpApi({
      hub,
      logger,
      clock: systemClock,
      meter: metrics,
      tracer,
      options: settings.api,
    });
    if (settings.internalPort === undefined) return;
    this.#listener = new Listener((request, response) => this.#answer(request, response), logger);
  }

  /** Takes a request that has come to the main port, when it is for this side, and says whether it did. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    if (answerHealth(this.#ready, request, response)) return true;
    return this.#listener === undefined && this.#serve(request, response);
  }

  /** Carries out a method of the API, with a key or without. Never rejects. */
  call(method: Method, body: string): Promise<Outcome> {
    return this.#api.call(method, body);
  }

  /** Listens on its own port, if it has one. @throws as `Listener.listen` does */
  async listen(): Promise<void> {
    const { internalPort: port, internalHost: host } = this.#settings;
    if (port !== undefined) await this.#listener?.listen({ port, host });
  }

  /** Its own port; `undefined` when it has none. */
  get port(): number | undefined {
    return this.#listener?.port;
  }

  /** Says from now on that the server wants nothing new. It still takes it. */
  announceEnd(): void {
    this.#ready = false;
  }

  /** Takes nothing new any more. */
  retire(): void {
    this.#api.close();
  }

  /** Ends at last: until then it answers, and says that the server is going. */
  async close(): Promise<void> {
    if (this.#listener === undefined) return;
    const closed = this.#listener.close();
    this.#listener.http.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (answerHealth(this.#ready, request, response)) return;
    if (this.#serve(request, response)) return;
    answerText(response, 404, "There is nothing at this address.");
  }

  /** The API and the metrics. */
  #serve(request: IncomingMessage, response: ServerResponse): boolean {
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    if (this.#metricsPage === undefined || path !== "/metrics" || !isRead(request.method)) {
      return this.#api.handle(request, response);
    }
    this.#tell(this.#metricsPage, response).catch((err: unknown) => {
      this.#logger.error({ err }, "the metrics could not be told");
      response.destroy();
    });
    return true;
  }

  async #tell(page: MetricsPage, response: ServerResponse): Promise<void> {
    const text = await page.text();
    response.writeHead(200, { "Content-Type": page.contentType, "Cache-Control": "no-store" });
    response.end(text);
  }
}
