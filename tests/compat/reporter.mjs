/** Writes one JSON line per test of a scenario: what came of it, its name, and why when it did not pass. */

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite") continue;
    const left = data.skip ?? data.todo;
    const result = type === "test:fail" ? "failed" : left === undefined ? "passed" : "skipped";
    const text = result === "failed" ? cause(data.details.error) : result === "skipped" ? left : "";
    yield `${JSON.stringify({ result, test: data.name, text: String(text) })}\n`;
  }
}

function cause(error) {
  const { cause = error } = error;
  return cause?.stack ?? String(cause);
}
