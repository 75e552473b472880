/** A run of the cases under way: collects what is found out, and shows how far it is. */
import type { CaseReport } from "../../conformance/case-report.ts";
import { ProgressBar } from "../progress-bar.ts";
import type { Terminal } from "../terminal.ts";

export class Run {
  /** By the numbers of the cases, in their order. Reports and not what was played: messages of many MiB would stay with it. */
  readonly #reports: Map<string, CaseReport>;
  readonly #bar: ProgressBar;
  #left: number;

  /** @param unplayed what is reported of each case when it is not played */
  constructor(unplayed: readonly CaseReport[], terminal: Terminal) {
    this.#reports = new Map(unplayed.map((report) => [report.id, report]));
    this.#left = unplayed.length;
    this.#bar = new ProgressBar(terminal);
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  played(report: CaseReport): void {
    if (this.#reports.get(report.id)?.verdict === "not played") this.#left -= 1;
    this.#reports.set(report.id, report);
    const all = this.#reports.size;
    const done = all - this.#left;
    const count = [...this.#reports.values()].filter(({ verdict }) => verdict === "fail").length;
    const failed = count === 0 ? "" : `, ${count} failed`;
    this.#bar.draw(done / all, `${done} of ${all}${failed} · ${report.id} ${report.title}`);
  }

  /** All cases, those that were not played too. */
  end(): readonly CaseReport[] {
    this.#bar.clear();
    return [...this.#reports.values()];
  }
}
