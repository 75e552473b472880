/**
 * What a part of the console is to the server: requests and WebSocket connections below a path of its own. Who may come is decided
 * before a part hears of them; what they get is the part's alone.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Clock, Hub, Logger } from "@tautline/hub";
import type { Compression, Connection, UpgradeRequest, WebSocketServer } from "@tautline/node";

import type { Outcome } from "../api/call.ts";
import type { Method } from "../api/method.ts";
import type { PrometheusMetrics } from "../metrics/prometheus-metrics.ts";
import type { ServerSettings } from "../serve/options.ts";

export interface ConsolePart {
  /** It has `/console/<name>` and what is below. */
  readonly name: string;
  /** Whether only those who have the console's token may use it. */
  readonly guarded: boolean;
  /**
   * Answers a request, and says whether it did; the server does otherwise. `rest` is the path behind `/console/<name>`, as it was
   * sent: "", or what begins with a slash.
   */
  answer?(
    request: IncomingMessage,
    response: ServerResponse,
    rest: string,
  ): boolean | Promise<boolean>;
  /** Whether and how its WebSocket connections are compressed with browsers that offer it. Default: false. */
  readonly compression?: boolean | Compression;
  /** Takes a WebSocket connection to `/console/<name>`. */
  accept?(connection: Connection, request: UpgradeRequest): void;
  /** Ends what it runs. Its connections are the server's to end. */
  close?(): void | Promise<void>;
}

/** What the server has for its console. */
export interface ConsoleContext {
  readonly hub: Hub;
  readonly settings: ServerSettings;
  /** Who has the server's WebSocket connections, by their paths; the console's own are not among them. */
  readonly webSockets: ReadonlyMap<string, WebSocketServer>;
  /** Absent when nothing is measured. */
  readonly metrics: PrometheusMetrics | undefined;
  /** The metrics, which are kept from now on where nothing was measured: for parts that somebody looks at. */
  measure(): PrometheusMetrics;
  /** Carries out a method of the HTTP API. Never rejects. */
  callApi(method: Method, body: string): Promise<Outcome>;
  readonly logger: Logger;
  readonly clock: Clock;
}
