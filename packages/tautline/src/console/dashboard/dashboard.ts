/**
 * The operator's dashboard: how the server is, once a second to whoever watches, and the methods of the HTTP API that the page needs.
 * It carries out nothing itself, and measures nothing while nobody watches.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Cancel } from "@tautline/hub";
import type { Connection } from "@tautline/node";
import { CloseCode } from "@tautline/protocol";

import { apiMethods } from "../../api/api-methods.ts";
import type { Outcome } from "../../api/call.ts";
import { readBody } from "../../http/request-body.ts";
import { answerJson, answerText } from "../../serve/page-answers.ts";
import type { ConsoleContext, ConsolePart } from "../console-part.ts";
import { sendOrCut } from "../send-or-cut.ts";
import { BrokerProbe } from "./broker-probe.ts";
import { EventLoop } from "./event-loop.ts";
import { takeSnapshot } from "./snapshot.ts";

const limits = Object.freeze({
  /** Windows that watch at once. */
  maxWatchers: 16,
  /** Calls at once. */
  maxCalls: 16,
  maxBodyBytes: 262_144,
  bodyTimeoutMs: 10_000,
  /** Between two snapshots. */
  everyMs: 1000,
});

/** What the page does, by the names that the HTTP API has for it. */
const offered: ReadonlySet<string> = new Set([
  "batch",
  "channels",
  "connections",
  "disconnect",
  "history",
  "presence",
  "publish",
]);
const methods = new Map(
  apiMethods.filter(({ name }) => offered.has(name)).map((method) => [method.name, method]),
);

export class Dashboard implements ConsolePart {
  readonly name = "dashboard";
  readonly guarded = true;
  readonly #context: ConsoleContext;
  readonly #probe: BrokerProbe;
  readonly #loop = new EventLoop();
  readonly #watchers = new Set<Connection>();
  #cancelNext: Cancel | undefined;
  #calls = 0;

  constructor(context: ConsoleContext) {
    this.#context = context;
    this.#probe = new BrokerProbe(context.settings.broker);
  }

  /** `/<method>`: a method of the API, with its request as the body. */
  async answer(request: IncomingMessage, response: ServerResponse, rest: string): Promise<boolean> {
    const method = methods.get(rest.slice(1));
    if (method === undefined) return false;
    if (request.method !== "POST") {
      answerText(response, 405, "Methods are called with POST.", { Allow: "POST" });
      return true;
    }
    if (this.#calls >= limits.maxCalls) {
      answerText(response, 503, "The dashboard is busy.", { "Retry-After": "1" });
      return true;
    }
    this.#calls += 1;
    try {
      const { clock } = this.#context;
      const body = await readBody(request, clock, limits);
      if ("refused" in body) {
        answerText(response, body.refused, "This is no request.", { Connection: "close" });
        return true;
      }
      const outcome = await this.#context.callApi(method, body.bytes.toString("utf8"));
      answerOutcome(response, outcome, method.bare === true);
    } finally {
      this.#calls -= 1;
    }
    return true;
  }

  /** Somebody who watches, and says nothing. */
  accept(connection: Connection): void {
    if (this.#watchers.size >= limits.maxWatchers) {
      connection.close(CloseCode.tryAgainLater, "too many are watching");
      return;
    }
    connection.onMessage(() => connection.close(CloseCode.policyViolation));
    connection.onClose(() => {
      this.#watchers.delete(connection);
      if (this.#watchers.size === 0) this.#rest();
    });
    this.#watchers.add(connection);
    if (this.#watchers.size === 1) this.#loop.start();
    this.#look();
  }

  close(): void {
    this.#rest();
  }

  /** Tells all who watch, and again in a second. */
  #look(): void {
    this.#cancelNext?.();
    this.#cancelNext = this.#context.clock.schedule(() => this.#look(), limits.everyMs);
    void this.#probe.ask();
    this.#tell().catch((err: unknown) => {
      this.#context.logger.error({ err }, "the dashboard could not look");
    });
  }

  async #tell(): Promise<void> {
    const { hub, clock } = this.#context;
    const snapshot = await takeSnapshot({
      hub,
      metrics: this.#context.measure(),
      now: clock.now(),
      loop: this.#loop.take(),
      broker: this.#probe.health,
    });
    const text = JSON.stringify(snapshot);
    for (const watcher of this.#watchers) sendOrCut(watcher, text);
  }

  #rest(): void {
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    this.#loop.stop();
  }
}

function answerOutcome(response: ServerResponse, outcome: Outcome, bare: boolean): void {
  if ("error" in outcome) {
    const { code, message } = outcome.error;
    answerJson(response, outcome.malformed ? 400 : 200, { error: { code, message } });
    return;
  }
  const result: unknown = JSON.parse(outcome.result);
  answerJson(response, 200, bare ? result : { result });
}
