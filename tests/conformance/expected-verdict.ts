/** What a known server or client gets in some cases, where it is no pass, and why it deserves it. */
import type { CaseVerdict } from "../../packages/tautline/src/conformance/judgement.ts";

export interface ExpectedVerdict {
  readonly cases: readonly string[];
  readonly verdict: CaseVerdict;
  /** What the specification says. */
  readonly reason: string;
  /** The parser of HTTP in some versions of Node.js passes. */
  readonly mayPass?: boolean;
}
