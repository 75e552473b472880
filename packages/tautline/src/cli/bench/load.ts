/** The run: opens connections, loads them for the planned time, waits for the last echoes, and adds everything up. */
import { connect } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { setTimeout as delay } from "node:timers/promises";
import { reasonOf } from "../address.ts";
import { Histogram } from "./histogram.ts";
import { latencyOf, quantilesOf } from "./result.ts";
import type { BenchPlan, BenchResult, Span } from "./result.ts";
import { Talker } from "./talker.ts";

export interface LoadParts {
  readonly plan: BenchPlan;
  readonly binary: boolean;
  readonly connectTimeoutMs: number;
  /** Ends the run before its time. */
  readonly signal: AbortSignal;
  /** Told now and then how far it is: a share from 0 to 1. */
  readonly onProgress: (share: number, text: string) => void;
}

/** How often what is due is sent. */
const tickMs = 1;
/** How long the last echoes are waited for. */
const drainMs = 5000;
const firstEchoMs = 5000;
/** At most so many spans are kept of a run, however long it is. */
const mostSpans = 300;
/** So many different reasons are told apart. */
const mostReasons = 20;

interface Member {
  readonly connection: Connection;
  talker: Talker | undefined;
}

export class Load {
  readonly #parts: LoadParts;
  readonly #members: Member[] = [];
  readonly #failures = new Map<string, number>();
  readonly #all = new Histogram();
  readonly #spans: Span[] = [];
  readonly #message: string | Uint8Array;
  #span = new Histogram();
  #isOver = false;

  constructor(parts: LoadParts) {
    this.#parts = parts;
    const bytes = Buffer.alloc(parts.plan.size, "tautline ");
    this.#message = parts.binary ? bytes : bytes.toString("latin1");
  }

  /** @throws Error when there is nothing that echoes */
  async run(): Promise<BenchResult> {
    await this.#probe();
    await this.#open();
    const startedAt = new Date();
    const durationMs = await this.#load();
    this.#isOver = true;
    await Promise.all(this.#members.map(({ connection }) => closed(connection)));
    return this.#result(startedAt, durationMs);
  }

  /** One message there and back, before anything is measured. */
  async #probe(): Promise<void> {
    const { url } = this.#parts.plan;
    const connection = await this.#connect().catch((error: unknown) => {
      throw new Error(`cannot load ${url.href}: ${reasonOf(error)}`, { cause: error });
    });
    const came = new Promise<boolean>((resolve) => {
      connection.onMessage(() => resolve(true));
      connection.onClose(() => resolve(false));
    });
    connection.send(this.#message);
    const limit = new AbortController();
    const late = delay(firstEchoMs, false, { signal: limit.signal }).catch(() => false);
    const echoes = await Promise.race([came, late]);
    limit.abort();
    await closed(connection);
    if (echoes) return;
    throw new Error(`cannot load ${url.href}: it does not send back what it gets`);
  }

  #connect(): Promise<Connection> {
    const { plan, connectTimeoutMs, signal } = this.#parts;
    return connect(plan.url, { connectTimeoutMs, signal, parallelHandshakes: true });
  }

  async #open(): Promise<void> {
    const { plan, signal, onProgress } = this.#parts;
    const began = performance.now();
    const openings = Array.from({ length: plan.connections }, async (_, i) => {
      const wait = began + (i / plan.connections) * plan.rampMs - performance.now();
      if (wait > 0) await delay(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#join();
      const done = this.#members.length;
      onProgress(done / plan.connections, `${done} of ${plan.connections} connections`);
    });
    await Promise.all(openings);
  }

  async #join(): Promise<void> {
    try {
      const connection = await this.#connect();
      const member: Member = { connection, talker: undefined };
      connection.onMessage(() => member.talker?.receive());
      connection.onClose(({ code }) => {
        member.talker?.end(performance.now());
        if (!this.#isOver) this.#fail(`lost with ${code}`);
      });
      this.#members.push(member);
    } catch (error) {
      this.#fail(reasonOf(error));
    }
  }

  #fail(reason: string): void {
    const known = this.#failures.has(reason) || this.#failures.size < mostReasons;
    const name = known ? reason : "other reasons";
    this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
  }

  /** @returns how long it took, in milliseconds */
  async #load(): Promise<number> {
    const { plan, signal, onProgress } = this.#parts;
    const began = performance.now();
    const spanMs = Math.max(1000, plan.durationMs / mostSpans);
    let spanEnd = began + spanMs;
    const members = this.#members;
    for (const [i, member] of members.entries()) member.talker = this.#talker(member, i, began);
    for (;;) {
      const now = performance.now();
      const isOver = now - began >= plan.durationMs || signal.aborted;
      if (now >= spanEnd || isOver) {
        this.#endSpan(spanEnd - spanMs - began, now - (spanEnd - spanMs));
        spanEnd = now + spanMs;
      }
      if (isOver || !this.#isAlive()) break;
      for (const { talker, connection } of members) if (connection.state === "open") talker?.tick();
      const text = `${this.#all.count} echoes, p99 ${(this.#all.quantile(0.99) / 1000).toFixed(2)} ms`;
      onProgress((now - began) / plan.durationMs, text);
      await delay(tickMs);
    }
    const durationMs = Math.min(performance.now() - began, plan.durationMs);
    for (const { talker, connection } of members) {
      if (connection.state === "open") talker?.stop(began + durationMs);
    }
    await this.#drain();
    return durationMs;
  }

  #isAlive(): boolean {
    return this.#members.some(({ connection }) => connection.state === "open");
  }

  #talker({ connection }: Member, index: number, began: number): Talker {
    const { rate, connections } = this.#parts.plan;
    const firstMs = began + (index * 1000) / (rate ?? 1);
    const pace =
      rate === undefined ? undefined : { firstMs, intervalMs: (connections * 1000) / rate };
    return new Talker({
      pace,
      send: () => void connection.send(this.#message),
      now: () => performance.now(),
      onEcho: (latencyMs) => {
        this.#all.add(latencyMs * 1000);
        this.#span.add(latencyMs * 1000);
      },
    });
  }

  #endSpan(atMs: number, lengthMs: number): void {
    const span = this.#span;
    if (lengthMs <= 0) return;
    const echoesPerSecond = (span.count * 1000) / lengthMs;
    this.#spans.push({
      atMs,
      echoesPerSecond,
      p50: span.quantile(0.5),
      p99: span.quantile(0.99),
    });
    this.#span = new Histogram();
  }

  async #drain(): Promise<void> {
    const until = performance.now() + drainMs;
    const isDone = (): boolean =>
      this.#members.every(
        ({ connection, talker }) => connection.state !== "open" || talker?.sent === talker?.echoed,
      );
    while (!isDone() && performance.now() < until) await delay(tickMs);
  }

  #result(startedAt: Date, durationMs: number): BenchResult {
    const sum = (of: (talker: Talker) => number): number =>
      this.#members.reduce((all, { talker }) => all + (talker === undefined ? 0 : of(talker)), 0);
    const [sent, echoed] = [sum((one) => one.sent), sum((one) => one.echoed)];
    return {
      plan: this.#parts.plan,
      startedAt,
      durationMs,
      opened: this.#members.length,
      failures: Object.fromEntries(this.#failures),
      sent,
      echoed,
      unanswered: sent - echoed,
      unsent: sum((one) => one.unsent),
      latency: latencyOf(this.#all),
      bars: this.#all.bars(),
      quantiles: quantilesOf(this.#all),
      spans: this.#spans,
    };
  }
}

/** Closes in order, and not in order when the peer does not answer soon. */
async function closed(connection: Connection): Promise<void> {
  connection.close(1000);
  const timer = setTimeout(() => connection.terminate(), drainMs);
  await connection.closed;
  clearTimeout(timer);
}
