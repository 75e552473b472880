/** Writes the page about the results: `docs/reference/conformance.md`. */
import type { ConformanceCase } from "../../packages/tautline/src/conformance/conformance-case.ts";
import type { Departure, Results } from "./results.ts";

interface PageParts {
  readonly results: Results;
  readonly cases: readonly ConformanceCase[];
  readonly sectionTitles: ReadonlyMap<string, string>;
  readonly departures: readonly Departure[];
}

const table = (rows: readonly (readonly string[])[]): string[] =>
  rows.map((cells) => `| ${cells.join(" | ")} |`);

const plain = (text: string): string => text.replaceAll("|", "\\|").replaceAll("*", "\\*");

export function conformancePage({ results, cases, sectionTitles, departures }: PageParts): string {
  const subjects = Object.keys(results);
  const cell = (subject: string, section: string) =>
    counts(
      results[subject]!,
      cases.filter((row) => row.section === section).map(({ id }) => id),
    );
  return [
    "# Conformance",
    "",
    "How Tautline's server and client, and those of the npm package `ws` as a control, fare in the cases of the Autobahn testsuite, played by the runner in `packages/tautline/src/conformance/`. The numbers are Autobahn's, the code is our own: the runner has its own frame codec and shares nothing with what it tests. Generated from `tests/conformance/results.json`.",
    "",
    "```sh",
    "npx vitest run tests/conformance      # fails when a result is worse than the recorded one",
    "npx vitest run tests/conformance -u   # records better ones, and writes this page",
    "TAUTLINE_CONFORMANCE=full npx vitest run tests/conformance",
    "```",
    "",
    "## Results",
    "",
    "A case is strict when the peer did exactly what it should and the connection ended as it should. Informational cases have no wrong answer.",
    "",
    ...table([
      ["section", "cases", ...subjects],
      ["---", "--:", ...subjects.map(() => "---")],
      ...[...sectionTitles].map(([section, title]) => [
        `${section} ${plain(title)}`,
        `${cases.filter((row) => row.section === section).length}`,
        ...subjects.map((subject) => cell(subject, section)),
      ]),
      ["**all**", `**${cases.length}**`, ...subjects.map((name) => total(results[name]!))],
    ]),
    "",
    "Section 9 is about size and endurance. `npm test` plays it with an eighth of the bytes and messages, and sections 12 and 13 with 2 to 16 messages instead of 1000; `TAUTLINE_CONFORMANCE=full` plays it as it stands here.",
    "",
    "Some cases are stricter than Autobahn's: 3.6 sends the ping that its title promises (Autobahn sends a binary frame), 3.7 wants a code in the Close frame that refuses it, since an empty one is what a peer answers that saw nothing, and sections 9 and 10 compare every byte of what comes back and not its length alone.",
    "",
    "## Settings",
    "",
    "All subjects accept 65,536 fragments in a message, which 9.3.1 and 9.4.1 send; the default of Tautline and of ws is 16,384. Everything else is as it comes. Compression is offered in sections 12 and 13 alone, where each message is sent compressed; whether the peer compresses its echo is the peer's choice.",
    "",
    "## What is not strict",
    "",
    ...departures.map(
      ({ subject, cases: ids, verdict, reason }) =>
        `- **${subject}**, ${ids.join(", ")} (${verdict.behaviour}): ${reason}`,
    ),
    "",
    "## Cases",
    "",
    ...table([
      ["case", "what", "rests on"],
      ["---", "---", "---"],
      ...cases.map(({ id, title, rfc }) => [
        id,
        plain(title),
        rfc.map((one) => one.replace("RFC6455-", "")).join(", "),
      ]),
    ]),
    "",
    "The last column names requirements of RFC 6455 as `tests/requirements/rfc6455.ts` numbers them.",
    "",
  ].join("\n");
}

/** "8 strict", or what else there is. */
function counts(results: Results[string], ids: readonly string[]): string {
  const grades = new Map<string, number>();
  for (const id of ids) {
    const result = results[id];
    if (result === undefined) continue;
    const name = gradeName(result);
    grades.set(name, (grades.get(name) ?? 0) + 1);
  }
  if (grades.size === 0) return "–";
  return [...grades].map(([name, count]) => `${count} ${name}`).join(", ");
}

function total(results: Results[string]): string {
  return `**${counts(results, Object.keys(results))}**`;
}

function gradeName([behaviour = "", ending = ""]: readonly string[]): string {
  if (behaviour === ending && behaviour === "OK") return "strict";
  const spoiled = ending === "OK" || ending === behaviour ? "" : `, ending ${ending}`;
  return `${behaviour.toLowerCase()}${spoiled.toLowerCase()}`;
}
