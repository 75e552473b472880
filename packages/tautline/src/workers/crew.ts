/**
 * The workers of a server, as its primary process sees them: the first shows that they can start, the others follow, who falls is
 * replaced, each time later when it falls again at once, and all end together. How a worker is made it does not know.
 */
import type { Cancel, Clock, Logger } from "@tautline/hub";

import { joinedMetrics } from "../metrics/metrics-page.ts";
import type { Order, Report } from "./crew-messages.ts";

/** A worker's process. */
export interface Hand {
  readonly pid: number | undefined;
  say(order: Order): void;
}

export interface HandEvents {
  report(report: Report): void;
  /** Once, last. `how` is for people: its exit code or signal. */
  ended(how: string): void;
}

export interface CrewSetup {
  /** How many workers there are. */
  readonly size: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Starts a worker. */
  hire(events: HandEvents): Hand;
}

/** A worker that has lived for so long has not failed at its beginning, in milliseconds. */
const steadyMs = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 10_000;
/** How long workers have to tell their metrics, in milliseconds; who does not is left out. */
const metricsTimeoutMs = 2000;

interface Gathering {
  readonly waiting: Set<Hand>;
  readonly values: (readonly object[])[];
  readonly done: () => void;
}

export class Crew {
  readonly #setup: CrewSetup;
  readonly #hands = new Set<Hand>();
  readonly #pauses = new Set<Cancel>();
  readonly #gatherings = new Map<number, Gathering>();
  #port = 0;
  #open = false;
  #falls = 0;
  #questions = 0;
  #stopping = false;
  #ended: (() => void) | undefined;

  constructor(setup: CrewSetup) {
    this.#setup = setup;
  }

  /** The port on which all listen. */
  get port(): number {
    return this.#port;
  }

  /** Whether the workers' hubs let everybody do what no hook decides. */
  get open(): boolean {
    return this.#open;
  }

  /** Resolves when all listen. @throws Error as a rejection when a worker could not start */
  async start(): Promise<void> {
    await this.#first();
    const { size } = this.#setup;
    await Promise.all(Array.from({ length: size - 1 }, () => this.#first()));
  }

  /** Has all end in order. Resolves when they have. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const cancel of this.#pauses) cancel();
    for (const hand of this.#hands) hand.say({ kind: "stop" });
    if (this.#hands.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
  }

  /** Has all end at once. */
  force(): void {
    for (const hand of this.#hands) hand.say({ kind: "force" });
  }

  /** The metrics of all that answer in time, as one text. */
  async metrics(): Promise<string> {
    const id = (this.#questions += 1);
    const values: (readonly object[])[] = [];
    if (this.#hands.size > 0) {
      await new Promise<void>((done) => {
        this.#gatherings.set(id, { waiting: new Set(this.#hands), values, done });
        this.#setup.clock.schedule(done, metricsTimeoutMs);
        for (const hand of this.#hands) hand.say({ kind: "metrics", id });
      });
      this.#gatherings.delete(id);
    }
    return joinedMetrics(values);
  }

  /** A worker that has to come up. */
  #first(): Promise<void> {
    return new Promise((resolve, reject) => {
      let failure = "A worker ended before it listened";
      let listens = false;
      this.#hire(
        (report) => {
          if (report.kind === "failed") failure = report.message;
          if (report.kind !== "listening") return;
          listens = true;
          this.#port = report.port;
          this.#open = report.open;
          resolve();
        },
        () => {
          if (!listens) reject(new Error(failure));
          return listens;
        },
      );
    });
  }

  /** `ended` says whether somebody is to come in its place. */
  #hire(heard: (report: Report) => void, ended: () => boolean): void {
    const { clock, logger } = this.#setup;
    const since = clock.now();
    const hand: Hand = this.#setup.hire({
      report: (report) => {
        heard(report);
        this.#take(hand, report);
      },
      ended: (how) => {
        this.#hands.delete(hand);
        for (const gathering of this.#gatherings.values()) this.#gave(hand, gathering);
        const replace = ended() && !this.#stopping;
        if (replace) {
          logger.error({ pid: hand.pid, how }, "a worker has ended, and is replaced");
          this.#falls = clock.now() - since >= steadyMs ? 0 : this.#falls + 1;
          this.#replace();
        }
        if (this.#stopping && this.#hands.size === 0) this.#ended?.();
      },
    });
    this.#hands.add(hand);
  }

  #replace(): void {
    const pauseMs =
      this.#falls === 0 ? 0 : Math.min(firstPauseMs * 2 ** (this.#falls - 1), longestPauseMs);
    const cancel = this.#setup.clock.schedule(() => {
      this.#pauses.delete(cancel);
      this.#hire(
        (report) => {
          if (report.kind === "failed") this.#setup.logger.error({}, report.message);
        },
        () => true,
      );
    }, pauseMs);
    this.#pauses.add(cancel);
  }

  #take(hand: Hand, report: Report): void {
    if (report.kind === "metrics") {
      const gathering = this.#gatherings.get(report.id);
      gathering?.values.push(report.values);
      if (gathering !== undefined) this.#gave(hand, gathering);
    } else if (report.kind === "join") {
      const { id } = report;
      void this.metrics().then((text) => hand.say({ kind: "joined", id, text }));
    }
  }

  #gave(hand: Hand, { waiting, done }: Gathering): void {
    waiting.delete(hand);
    if (waiting.size === 0) done();
  }
}
