/** A run of the cases under way: collects what is found out, and shows how far it is. */
import { reportOn } from "../../conformance/case-report.ts";
import type { CaseReport } from "../../conformance/case-report.ts";
import type { ConformanceCase } from "../../conformance/conformance-case.ts";
import type { Played } from "../../conformance/observation.ts";
import { ProgressBar } from "../progress-bar.ts";
import type { Terminal } from "../terminal.ts";

export class Run {
  readonly #cases: readonly ConformanceCase[];
  readonly #bar: ProgressBar;
  /** Reports and not what was played: messages of many MiB would stay with it. */
  readonly #reports = new Map<string, CaseReport>();
  #failed = 0;

  constructor(cases: readonly ConformanceCase[], terminal: Terminal) {
    this.#cases = cases;
    this.#bar = new ProgressBar(terminal);
  }

  get isComplete(): boolean {
    return this.#reports.size === this.#cases.length;
  }

  played(row: ConformanceCase, played: Played): void {
    const report = reportOn(row, played);
    if (this.#reports.get(row.id)?.verdict === "fail") this.#failed -= 1;
    if (report.verdict === "fail") this.#failed += 1;
    this.#reports.set(row.id, report);
    const done = this.#reports.size;
    const failed = this.#failed === 0 ? "" : `, ${this.#failed} failed`;
    const share = done / this.#cases.length;
    this.#bar.draw(share, `${done} of ${this.#cases.length}${failed} · ${row.id} ${row.title}`);
  }

  /** All cases, those that were not played too. */
  end(): readonly CaseReport[] {
    this.#bar.clear();
    return this.#cases.map((row) => this.#reports.get(row.id) ?? reportOn(row, undefined));
  }
}
