/** A directory of a test's own, gone after it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export function scratchDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "tautline-disk-"));
  // After what was opened in it was closed: hooks run in the reverse order.
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
