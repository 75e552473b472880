// What a step of `npm test` reports: how many checks passed and failed, and sentences worth repeating at the end.

/** A step that is one check: passed or failed as a whole. */
export function oneCheck(passed, ...notes) {
  return {
    passed: passed ? 1 : 0,
    failed: passed ? 0 : 1,
    skipped: 0,
    notes: notes.filter(Boolean),
  };
}

/** Adds outcomes up. */
export function sum(outcomes) {
  const total = { passed: 0, failed: 0, skipped: 0, notes: [] };
  for (const outcome of outcomes) {
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
    total.notes.push(...outcome.notes);
  }
  return total;
}
