/** The answer to the patched client's request, taken apart. */
import type { ClientOpeningFault } from "./client-opening-faults.ts";

export type Has = (fault: ClientOpeningFault) => boolean;

export interface Answer {
  readonly version: string;
  readonly status: string;
  /** Values of the fields of a name. */
  readonly values: (name: string) => readonly string[];
  readonly malformed: boolean;
}

export function parsed(head: string, has: Has): Answer {
  const isFolded = /\r\n[ \t]/.test(head);
  const unfolded = head.replaceAll(/\r\n[ \t]+/g, has("joined-folds") ? "" : " ");
  const [start = "", ...lines] = unfolded.split("\r\n");
  const [version = "", status = ""] = start.split(" ");
  const wellFormed = has("value-needed") ? /^[\w-]+:[^\0]*\S[^\0]*$/ : /^[\w-]+:[^\0]*$/;
  const fields = lines
    .map((line) => /^([^:]*): ?(.*)$/s.exec(line))
    .map((match) => [match?.[1] ?? "", match?.[2] ?? ""] as const)
    .map(([name, value]) => [name, has("white-space-matters") ? value : value.trim()] as const);
  const same = (a: string, b: string) =>
    has("names-matter") ? a === b : a.toLowerCase() === b.toLowerCase();
  return {
    version,
    status,
    values: (name) => fields.filter(([one]) => same(one, name)).map(([, value]) => value),
    malformed:
      (!lines.every((line) => wellFormed.test(line)) && !has("any-line")) ||
      (isFolded && has("no-folds")),
  };
}
