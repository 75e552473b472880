/** Answers that a client has to take, and answers on which it has to fail the connection (RFC 6455 §4.1). */
import { failed, numbered } from "./answer-rows.ts";
import type { AnswerRow } from "./answer-rows.ts";
import type { ClientOpeningCase } from "./client-opening-case.ts";

const upgrade = "RFC6455-4.1-33";
const connection = "RFC6455-4.1-34";
const accept = "RFC6455-4.1-35";
const anyRule = "RFC6455-4.1-38";
/** Where a client that follows the redirect comes. */
export const redirectTarget = "/redirected";
const longHeadBytes = 4096;
const hugeHeadBytes = 1024 * 1024;

const good = numbered("15.2", [
  {
    title: "An answer as the specification shows it",
    rfc: ["RFC6455-4.1-32", upgrade, connection, accept],
    expects: "opens",
  },
  {
    title: "Tokens in other letters",
    rfc: [upgrade, connection],
    expects: "opens",
    edits: { fields: { Upgrade: ["WebSocket"], Connection: ["UPGRADE"] } },
  },
  {
    title: "Names of fields in other letters",
    rfc: ["RFC6455-4.1-32"],
    rules: ["RFC 7230 §3.2"],
    expects: "opens",
    edits: {
      fields: { Upgrade: [], Connection: [], UPGRADE: ["websocket"], connection: ["Upgrade"] },
    },
  },
  // §4.1 looks for a token among others, §4.2.2 has the server send one alone: a client may hold it to that.
  {
    title: "Upgrade among other tokens of Connection",
    rfc: [connection],
    expects: "opens",
    edits: { fields: { Connection: ["keep-alive, Upgrade"] } },
    weight: "should",
  },
  {
    title: "Connection in two fields",
    rfc: [connection],
    rules: ["RFC 7230 §3.2.2"],
    expects: "opens",
    edits: { fields: { Connection: ["keep-alive", "Upgrade"] } },
    weight: "should",
  },
  {
    title: "White space around the accept key",
    rfc: [accept],
    expects: "opens",
    edits: { accept: "with white space" },
  },
  {
    title: "White space around other values, and none",
    rfc: ["RFC6455-4.1-32"],
    rules: ["RFC 7230 §3.2"],
    expects: "opens",
    edits: { lines: ["X-Tautline-Check: \t some value \t ", "X-Tautline-Check-None:"] },
  },
  {
    title: "The answer comes byte by byte",
    rfc: ["RFC6455-4.1-1"],
    expects: "opens",
    edits: { arrival: "byte by byte" },
  },
  {
    title: "A message comes right behind the answer, in the same write",
    rfc: ["RFC6455-6.2-1"],
    expects: "opens",
    edits: { arrival: "with the first message" },
  },
  {
    title: "An answer of 4 KiB",
    rfc: ["RFC6455-4.1-32"],
    expects: "opens",
    edits: { lines: [`X-Tautline-Check: ${"a".repeat(longHeadBytes)}`] },
    weight: "should",
  },
  {
    title: "A field that is folded",
    rfc: ["RFC6455-4.1-32"],
    rules: ["RFC 7230 §3.2.4"],
    expects: "opens",
    edits: { lines: ["X-Tautline-Check: one", " two"] },
    weight: "should",
  },
  {
    title: "103 (Early Hints) comes before",
    rfc: ["RFC6455-4.1-32"],
    rules: ["RFC 7231 §6.2"],
    expects: "opens",
    edits: { interim: ["HTTP/1.1 103 Early Hints", "X-Tautline-Check: early"] },
    weight: "should",
  },
]);

/** It has all else that an upgrade has, so that the status alone tells. */
function status(code: number, what: string, lines: readonly string[] = []): AnswerRow {
  return {
    title: `${code} (${what})`,
    rfc: [anyRule],
    rules: ["RFC 6455 §4.1"],
    expects: "does not open",
    edits: { status: code, lines },
  };
}

const bad = numbered("15.3", [
  status(200, "OK"),
  status(204, "No Content"),
  status(301, "Moved Permanently", [`Location: ${redirectTarget}`]),
  status(401, "Unauthorized", ['WWW-Authenticate: Basic realm="tautline check"']),
  status(500, "Internal Server Error"),
  failed("No Upgrade", [upgrade], { fields: { Upgrade: [] } }),
  failed("Upgrade to something else", [upgrade], { fields: { Upgrade: ["websockets"] } }),
  {
    ...failed("websocket among other protocols of Upgrade", [upgrade], {
      fields: { Upgrade: ["websocket, x-tautline-check/1"] },
    }),
    weight: "should",
  },
  failed("No Connection", [connection], { fields: { Connection: [] } }),
  failed("Connection without Upgrade", [connection], { fields: { Connection: ["keep-alive"] } }),
  failed("No Sec-WebSocket-Accept", [accept], { accept: "left out" }),
  failed("An empty accept key", [accept], { accept: "empty" }),
  failed("The accept key of another key", [accept], { accept: "of another key" }),
  failed("The key itself as accept key", [accept], { accept: "the key itself" }),
  failed("An accept key without the GUID", [accept], { accept: "without the GUID" }),
  failed("The accept key in other letters", [accept], { accept: "in other letters" }),
  failed("The accept key in two fields", ["RFC6455-11.3.3-1", accept, anyRule], {
    accept: "twice",
  }),
  {
    ...failed("The accept key folded in the middle", [accept], { accept: "folded in the middle" }),
    rules: ["RFC 7230 §3.2.4"],
  },
  {
    ...failed("A status line of HTTP/1.0", [anyRule], { version: "1.0" }),
    rules: ["RFC 7231 §6.2"],
    weight: "should",
  },
  {
    ...failed("A line without a colon", [anyRule, "RFC6455-4.2.2-10"], {
      lines: ["X-Tautline-Check"],
    }),
    rules: ["RFC 7230 §3.2"],
  },
  {
    ...failed("A NUL in a value", [anyRule, "RFC6455-4.2.2-10"], {
      lines: ["X-Tautline-Check: a\0b"],
    }),
    rules: ["RFC 7230 §3.2"],
    weight: "should",
  },
  {
    ...failed("An answer of 1 MiB", ["RFC6455-4.1-32"], {
      lines: [`X-Tautline-Check: ${"a".repeat(hugeHeadBytes)}`],
    }),
    rules: ["RFC 7230 §3.2.5"],
    weight: "should",
  },
  {
    title: "No answer",
    rfc: ["RFC6455-4.1-1"],
    expects: "gives up",
    edits: { arrival: "never" },
    weight: "should",
  },
]);

export const answerCases: readonly ClientOpeningCase[] = [...good, ...bad];
