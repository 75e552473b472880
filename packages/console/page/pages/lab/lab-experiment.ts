/**
 * A run of the lab from beginning to end: clocks, receivers, figures. All transports at once show how updates arrive; one after the
 * other shows what each costs the server, whose processor time has no name of a transport on it.
 */
import { Observable } from "../../shell/observable.ts";
import { preciseNow } from "./clock-offset.ts";
import { LabControl, LabFailed } from "./lab-control.ts";
import type { LabView, TransportResult } from "./lab-result.ts";
import { cpuAbove, emptyView, withPointOf } from "./lab-result.ts";
import type { LabSettings } from "./lab-settings.ts";
import { Latencies } from "./latencies.ts";
import { openReceiver } from "./receivers/open-receiver.ts";
import type { Update } from "./receivers/receiver.ts";
import type { RunReport } from "./server-message.ts";
import type { Transport } from "./transports.ts";
import { transports } from "./transports.ts";

/** How long the server watches itself before each turn. */
const lullMs = 1000;
/** Between two looks at what has come. */
const drawMs = 250;
/** How long the last updates may take beyond what delay and polling make of them. */
const patienceMs = 2000;

export class LabExperiment {
  readonly view: Observable<LabView>;
  #control: LabControl | undefined;

  constructor(settings: LabSettings) {
    this.view = new Observable(emptyView(settings));
  }

  /** Runs once. Ends what was running. Never rejects. */
  async run(settings: LabSettings): Promise<void> {
    this.stop();
    const control = new LabControl();
    this.#control = control;
    const groups = settings.inTurns ? transports.map((one) => [one]) : [transports];
    this.view.set({ ...emptyView(settings), phase: "opening", startedAt: Date.now() });
    try {
      for (const [index, group] of groups.entries()) {
        const part = { from: index / groups.length, share: 1 / groups.length };
        const wanted = (): boolean => this.#control === control;
        await new Turn({ control, settings, group, view: this.view, part, wanted }).run();
        if (!wanted()) return;
      }
      this.#change({ phase: "done", progress: 1, turn: undefined });
    } catch (error) {
      if (this.#control !== control) return;
      this.#change({ phase: "failed", fault: error instanceof LabFailed ? error.fault : "lost" });
    } finally {
      control.close();
      if (this.#control === control) this.#control = undefined;
    }
  }

  /** Ends what is running. */
  stop(): void {
    const control = this.#control;
    if (control === undefined) return;
    this.#control = undefined;
    control.close();
    this.#change({ phase: "stopped" });
  }

  #change(change: Partial<LabView>): void {
    this.view.set({ ...this.view.value, ...change });
  }
}

interface TurnSetup {
  readonly control: LabControl;
  readonly settings: LabSettings;
  /** The transports that take part. */
  readonly group: readonly Transport[];
  readonly view: Observable<LabView>;
  /** Its place in the whole. */
  readonly part: { readonly from: number; readonly share: number };
  /** Whether anybody still wants it: what nobody wants must not be drawn over what follows. */
  readonly wanted: () => boolean;
}

/** One run on the server, with one transport or with all. */
class Turn {
  readonly #setup: TurnSetup;
  readonly #latencies: ReadonlyMap<Transport, Latencies>;
  #startedAt = 0;
  #offsetMs = 0;
  #created = 0;
  #ended = false;

  constructor(setup: TurnSetup) {
    this.#setup = setup;
    this.#latencies = new Map(setup.group.map((transport) => [transport, new Latencies()]));
  }

  /** @throws LabFailed when the server refuses it, or is gone */
  async run(): Promise<void> {
    const { control, settings, group } = this.#setup;
    const turn = settings.inTurns ? group[0] : undefined;
    this.#change({ phase: "opening", turn });
    const clock = await control.measureClock();
    this.#offsetMs = clock.offsetMs;
    this.#change({ clock });
    const { run, lull } = await control.start(settings, settings.inTurns ? lullMs : 0);
    const receivers = group.map((transport) =>
      openReceiver(run, transport, {
        pollMs: settings.pollMs,
        heard: (update) => this.#hear(transport, update),
        failed: (problem) => {
          if (!this.#ended) this.#result(transport, { problem });
        },
      }),
    );
    const drawing = setInterval(() => this.#draw(), drawMs);
    try {
      await Promise.all(receivers.map(({ ready }) => ready));
      this.#startedAt = preciseNow();
      this.#change({ phase: "running" });
      control.onReport = (report) => this.#count(report);
      const { created } = await control.go();
      this.#created = created;
      this.#change({ phase: "settling" });
      await this.#settled();
      this.#ended = true;
      for (const receiver of receivers) receiver.close();
      const { cpu } = await control.finish();
      if (turn !== undefined) this.#result(turn, { cpuMs: cpuAbove(lull, cpu) });
    } finally {
      this.#ended = true;
      clearInterval(drawing);
      control.onReport = () => undefined;
      for (const receiver of receivers) receiver.close();
    }
    this.#draw();
  }

  #hear(transport: Transport, { number, madeAt }: Update): void {
    const latency = preciseNow() + this.#offsetMs - madeAt;
    // Clocks that are off by a little must not make an update arrive before it was made.
    this.#latencies.get(transport)?.add(number, Math.max(0, latency));
  }

  /** Resolves when all updates have come, or have had the time to. */
  #settled(): Promise<void> {
    const { pollMs, delayMs } = this.#setup.settings;
    const until = performance.now() + pollMs + 4 * delayMs + patienceMs;
    return new Promise((resolve) => {
      const look = setInterval(() => {
        const all = [...this.#latencies.values()].every(
          ({ delivered }) => delivered >= this.#created,
        );
        if (!all && performance.now() < until && this.#setup.wanted()) return;
        clearInterval(look);
        resolve();
      }, 50);
    });
  }

  /** What the server says that it has counted. */
  #count({ created, wire }: RunReport): void {
    this.#created = created;
    const seconds = this.#seconds();
    let { bytes, requests } = this.#setup.view.value.lines;
    for (const transport of this.#setup.group) {
      const figures = wire[transport];
      this.#result(transport, { created, ...figures });
      bytes = withPointOf(bytes, transport, [seconds, figures.received + figures.sent]);
      requests = withPointOf(requests, transport, [seconds, figures.requests]);
    }
    this.#change({ lines: { ...this.#setup.view.value.lines, bytes, requests } });
  }

  /** What the page has seen. */
  #draw(): void {
    const { view, settings, part } = this.#setup;
    const seconds = this.#seconds();
    let { latency } = view.value.lines;
    for (const [transport, latencies] of this.#latencies) {
      const median = latencies.takeMedian();
      if (median !== undefined) latency = withPointOf(latency, transport, [seconds, median]);
      this.#result(transport, {
        delivered: latencies.delivered,
        medianMs: latencies.percentile(50),
        p99Ms: latencies.percentile(99),
      });
    }
    const done = Math.min(1, seconds / settings.seconds);
    const progress = part.from + part.share * done;
    this.#change({ lines: { ...view.value.lines, latency }, progress });
  }

  #seconds(): number {
    return this.#startedAt === 0 ? 0 : (preciseNow() - this.#startedAt) / 1000;
  }

  #result(transport: Transport, change: Partial<TransportResult>): void {
    const { results } = this.#setup.view.value;
    this.#change({ results: { ...results, [transport]: { ...results[transport], ...change } } });
  }

  #change(change: Partial<LabView>): void {
    const { view, wanted } = this.#setup;
    if (wanted()) view.set({ ...view.value, ...change });
  }
}
