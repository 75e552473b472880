/**
 * docs/reference/errors.md is generated from the tables of errors and codes: this test compares the two, and
 * `npx vitest run tests/docs/errors.test.ts -u` writes the page anew. It also looks for codes that nothing uses.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { clientErrorTexts } from "@tautline/client";
import { LimitExceeded, ProtocolViolation, errorTable, refusalFor } from "@tautline/protocol";
import type { ErrorCode, LimitExceededCode, ProtocolViolationCode } from "@tautline/protocol";
import {
  disconnects,
  reconnectsAfter,
  replyErrors,
  resubscribesAfter,
  unsubscribes,
} from "@tautline/wire";
import { format } from "prettier";
import { expect, test } from "vitest";

import { read, root } from "./documents.ts";

const codes = Object.keys(errorTable) as ErrorCode[];

interface Group {
  readonly title: string;
  readonly text: string;
  readonly holds: (code: ErrorCode) => boolean;
  /** The status that a server refuses a handshake with, where one of the group does that. */
  readonly status?: (code: ErrorCode) => number | undefined;
}

const groups: readonly Group[] = [
  {
    title: "UsageError",
    text: "The caller did what the API does not allow. It is thrown, or what a promise rejects with.",
    holds: (code) => code.startsWith("USAGE_"),
  },
  {
    title: "ProtocolViolation",
    text: "The peer broke the protocol. During the handshake a server answers with the status and a client gives up; later the connection fails with the close code.",
    holds: (code) => code.startsWith("HANDSHAKE_") || code.startsWith("PROTOCOL_"),
    status: (code) =>
      // Only a client finds a wrong accept value.
      code.startsWith("HANDSHAKE_") && code !== "HANDSHAKE_ACCEPT"
        ? refusalFor(new ProtocolViolation(code as ProtocolViolationCode)).status
        : undefined,
  },
  {
    title: "LimitExceeded",
    text: "A limit of this side was hit, by the peer's data or by what waits to be sent.",
    holds: (code) => code.startsWith("LIMIT_"),
    status: (code) => {
      if (code === "LIMIT_CONNECTIONS") return 503;
      return code.startsWith("LIMIT_HEAD")
        ? refusalFor(new LimitExceeded(code as LimitExceededCode)).status
        : undefined;
    },
  },
  {
    title: "ConnectionFailed",
    text: "The world between the two: the network went away, a deadline passed, one side gave up. `CONNECTION_HANDSHAKE_REFUSED` is of the class `HandshakeRefused`, with the response's `status` and `headers`.",
    holds: (code) => code.startsWith("CONNECTION_"),
    status: (code) =>
      code === "CONNECTION_SHUTDOWN" || code === "CONNECTION_HANDSHAKE_TIMEOUT" ? 503 : undefined,
  },
];

const dash = "–";

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.map(String).join(" | ")} |`).join("\n");
}

function closeCodeOf(code: ErrorCode): number | string {
  const row: { readonly text: string; readonly closeCode?: number } = errorTable[code];
  return row.closeCode ?? dash;
}

function classSection({ title, text, holds, status }: Group): string {
  const rows = codes
    .filter(holds)
    .map((code) => [
      `\`${code}\``,
      ...(status === undefined ? [] : [status(code) ?? dash]),
      closeCodeOf(code),
      errorTable[code].text,
    ]);
  const head = ["code", ...(status === undefined ? [] : ["status"]), "close code", "what it says"];
  return [`### ${title}`, text, table(head, rows)].join("\n\n");
}

const yes = (value: boolean): string => (value ? "yes" : "no");

function page(): string {
  return [
    "# Errors and codes",
    "Generated from the code. Codes are stable: match on `error.code`, not on texts, which may change. Values that were wrong " +
      "are appended to the text.",
    "## Connections",
    "Of `@tautline/protocol` and `@tautline/node`. All are `TautlineError`s; the class says who is at fault. The close code is what " +
      "the peer is told in the Close frame (RFC 6455 §7.4.1), the status what a refused handshake is answered with.",
    ...groups.map(classSection),
    "## Hub clients",
    "Of `@tautline/client`: `ClientError`s, by `error.code`.",
    table(
      ["code", "what it says"],
      Object.entries(clientErrorTexts).map(([code, text]) => [`\`${code}\``, text]),
    ),
    "## What a hub answers",
    "In a reply, seen by the caller as `CallRefused` with `serverCode`. Applications use 400 to 1999.",
    table(
      ["code", "message", "may succeed later"],
      Object.values(replyErrors).map((error) => [
        error.code,
        error.message,
        yes("temporary" in error),
      ]),
    ),
    "## How a hub ends a connection",
    "The close code of the WebSocket and its reason. Applications use 4000 to 4999.",
    table(
      ["code", "reason", "the client comes back"],
      Object.values(disconnects).map(({ code, reason }) => [
        code,
        reason,
        yes(reconnectsAfter(code)),
      ]),
    ),
    "## How a hub ends a subscription",
    "In an unsubscribe push. Codes below 2000 never travel: they tell code on the server why.",
    table(
      ["code", "reason", "the client subscribes again"],
      Object.values(unsubscribes).map(({ code, reason }) => [
        code,
        reason,
        yes(resubscribesAfter(code)),
      ]),
    ),
    "",
  ].join("\n\n");
}

test("the page about errors says what the tables say", async () => {
  const formatted = await format(page(), { parser: "markdown" });
  await expect(formatted).toMatchFileSnapshot("../../docs/reference/errors.md");
});

test("every code belongs to exactly one class", () => {
  const odd = codes.filter((code) => groups.filter(({ holds }) => holds(code)).length !== 1);
  expect(odd).toEqual([]);
});

/** All sources of a package. */
function sources(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && name !== "errors.ts")
    .map((name) => read(join(folder, name)))
    .join("\n");
}

test("every code is one that the code uses", () => {
  const text = sources("packages/protocol/src") + sources("packages/node/src");
  expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
  const client = sources("packages/client/src");
  const unused = Object.keys(clientErrorTexts).filter(
    (code) => code !== "refused" && !client.includes(`"${code}"`),
  );
  expect(unused).toEqual([]);
});

test("every code that the documents name exists", () => {
  const guides = readdirSync(join(root, "docs/how-to")).map((name) => read(`docs/how-to/${name}`));
  const named = guides.flatMap((text) => [
    ...text.matchAll(/\b(?:USAGE|HANDSHAKE|PROTOCOL|LIMIT|CONNECTION)_[A-Z_]+\b/g),
  ]);
  expect(named.map(([code]) => code).filter((code) => !(code in errorTable))).toEqual([]);
});
