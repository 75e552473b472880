/**
 * The page's side of the lab on the server: a WebSocket connection on which the page asks for a run, sets it going, and hears what
 * was counted. The run ends with it, so that nothing goes on when nobody looks.
 *
 * It answers pings with the time as well: the page finds out with them how far its clock is from the one that stamps updates.
 */
import type { Cancel, Clock } from "@tautline/hub";
import type { Connection } from "@tautline/node";
import { CloseCode } from "@tautline/protocol";

import { sendOrCut } from "../send-or-cut.ts";
import type { CpuFigures } from "./cpu-watch.ts";
import { CpuWatch } from "./cpu-watch.ts";
import type { LabRun } from "./lab-run.ts";
import { preciseNow } from "./lab-run.ts";
import { labLimits, readTerms } from "./lab-terms.ts";
import type { LabTerms } from "./lab-terms.ts";

/** Why there is no run: the server is several processes, or there are as many runs as there may be. */
export type RunRefusal = "fleet" | "busy";

/** What the lab has for its visitors. */
export interface LabHost {
  readonly clock: Clock;
  openRun(terms: LabTerms): LabRun | RunRefusal;
  closeRun(run: LabRun): void;
}

/** Units of a message's text; none of ours is as long. */
const longestMessage = 512;
/** Messages of one visitor: enough for a day of runs. */
const mostMessages = 20_000;

export class LabVisitor {
  readonly #connection: Connection;
  readonly #host: LabHost;
  #messages = 0;
  #run: LabRun | undefined;
  #begun = false;
  readonly #timers = new Set<Cancel>();

  constructor(connection: Connection, host: LabHost) {
    this.#connection = connection;
    this.#host = host;
    connection.onMessage((data) => this.#take(data));
    connection.onClose(() => this.#endRun());
  }

  #take(data: unknown): void {
    this.#messages += 1;
    const message = messageIn(data);
    if (message === undefined || this.#messages > mostMessages) {
      this.#connection.close(CloseCode.policyViolation);
      return;
    }
    switch (message["type"]) {
      case "ping":
        this.#say({ type: "pong", at: message["at"], now: preciseNow() });
        return;
      case "start":
        this.#start(readTerms(message));
        return;
      case "go":
        this.#go();
        return;
      case "finish":
        this.#finish();
        return;
      default:
        this.#connection.close(CloseCode.policyViolation);
    }
  }

  #start(terms: LabTerms | undefined): void {
    this.#endRun();
    const run = terms === undefined ? "terms" : this.#host.openRun(terms);
    if (typeof run === "string") {
      this.#say({ type: "refused", why: run });
      return;
    }
    this.#run = run;
    const watch = new CpuWatch();
    this.#later(run.terms.lullMs, () => this.#ready(run, watch.figures));
  }

  #ready(run: LabRun, lull: CpuFigures): void {
    this.#say({ type: "ready", run: run.id, lull });
    this.#later(labLimits.idleMs, () => {
      if (!this.#begun) this.#finish();
    });
  }

  #go(): void {
    const run = this.#run;
    if (run === undefined || this.#begun) return;
    this.#begun = true;
    const report = (): void => {
      this.#say({ type: "report", ...run.report });
      this.#later(labLimits.reportMs, report);
    };
    run.begin(() => {
      this.#say({ type: "over", ...run.report });
      this.#later(labLimits.idleMs, () => this.#finish());
    });
    this.#later(labLimits.reportMs, report);
  }

  /** Ends the run and says what it has come to, also to a page that has forgotten it. */
  #finish(): void {
    const run = this.#run;
    if (run === undefined) return;
    const { report } = run;
    this.#endRun();
    this.#say({ type: "finished", ...report });
  }

  #endRun(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#begun = false;
    const run = this.#run;
    this.#run = undefined;
    if (run !== undefined) this.#host.closeRun(run);
  }

  #later(delayMs: number, work: () => void): void {
    const cancel = this.#host.clock.schedule(() => {
      this.#timers.delete(cancel);
      work();
    }, delayMs);
    this.#timers.add(cancel);
  }

  #say(message: object): void {
    sendOrCut(this.#connection, JSON.stringify(message));
  }
}

function messageIn(data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof data !== "string" || data.length > longestMessage) return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
