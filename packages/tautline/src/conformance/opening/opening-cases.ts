/** The cases about the opening handshake, for servers, and the titles of their sections: they follow Autobahn's, which has none. */
import type { Expected, OpeningCase } from "./opening-case.ts";

type Row = Omit<OpeningCase, "id" | "section">;

function numbered(section: string, rows: readonly Row[]): OpeningCase[] {
  return rows.map((row, index) => ({ ...row, section, id: `${section}.${index + 1}` }));
}

const opening = "RFC6455-4.2.1-1";
const upgrade = "RFC6455-4.2.1-4";
const connection = "RFC6455-4.2.1-5";
const key = "RFC6455-4.2.1-6";
const version = "RFC6455-4.2.1-7";
const sixteen = Buffer.alloc(16, "tautline").toString("base64");
const seventeen = Buffer.alloc(17, "tautline").toString("base64");
const fifteen = Buffer.alloc(15, "tautline").toString("base64");
const longHeadBytes = 4096;
const hugeHeadBytes = 1024 * 1024;

const good = numbered("14.1", [
  {
    title: "A handshake as the specification shows it",
    rfc: ["RFC6455-4.2.2-1", "RFC6455-4.2.2-10", "RFC6455-4.2.2-14"],
    edits: {},
    expects: "opens",
  },
  {
    title: "Names of fields and tokens in other letters",
    rfc: [upgrade, connection],
    edits: { lowerCase: true, fields: { upgrade: ["WebSocket"], connection: ["UPGRADE"] } },
    expects: "opens",
  },
  {
    title: "Upgrade among other tokens of Connection",
    rfc: [connection],
    edits: { fields: { Connection: ["keep-alive, Upgrade"] } },
    expects: "opens",
  },
  {
    title: "Connection in two fields",
    rfc: [connection],
    rules: ["RFC 7230 §3.2.2"],
    edits: { fields: { Connection: ["keep-alive", "Upgrade"] } },
    expects: "opens",
  },
  {
    title: "websocket among other protocols of Upgrade",
    rfc: [upgrade],
    edits: { fields: { Upgrade: ["x-tautline-check/1, websocket"] } },
    expects: "opens",
    weight: "should",
  },
  {
    title: "White space around values, and none",
    rfc: ["RFC6455-4.2.2-1"],
    rules: ["RFC 7230 §3.2"],
    edits: { lines: ["X-Tautline-Check: \t some value \t ", "X-Tautline-Check-None:"] },
    expects: "opens",
  },
  {
    title: "The request comes byte by byte",
    rfc: ["RFC6455-4.2.2-1"],
    edits: { arrival: "byte by byte" },
    expects: "opens",
  },
  {
    title: "A request of 4 KiB",
    rfc: ["RFC6455-4.2.2-1"],
    edits: { lines: [`X-Tautline-Check: ${"a".repeat(longHeadBytes)}`] },
    expects: "opens",
    weight: "should",
  },
  // A client has to wait for the answer (§4.1): a server may take it for what it is, or for a client that cannot wait.
  {
    title: "A message comes right behind the request, in the same write",
    rfc: ["RFC6455-6.2-1", "RFC6455-4.1-31"],
    edits: { arrival: "with the first message" },
    expects: "opens",
    weight: "should",
  },
]);

function refused(title: string, rfc: readonly string[], edits: Row["edits"]): Row {
  return { title, rfc: [...rfc], edits, expects: "refused" };
}

function notOpened(title: string, rfc: readonly string[], edits: Row["edits"]): Row {
  return { title, rfc: [...rfc], edits, expects: "not opened" };
}

const bad = numbered("14.2", [
  refused("POST", ["RFC6455-4.2.1-2"], { method: "POST" }),
  refused("HTTP/1.0", ["RFC6455-4.2.1-2"], { version: "1.0" }),
  {
    ...refused("No Host", ["RFC6455-4.2.1-3"], { fields: { Host: [] } }),
    rules: ["RFC 7230 §5.4"],
  },
  notOpened("No Upgrade", [upgrade], { fields: { Upgrade: [] } }),
  notOpened("Upgrade to something else", [upgrade], { fields: { Upgrade: ["websockets"] } }),
  notOpened("No Connection", [connection], { fields: { Connection: [] } }),
  notOpened("Connection without Upgrade", [connection], { fields: { Connection: ["keep-alive"] } }),
  refused("No Sec-WebSocket-Key", [key], { fields: { "Sec-WebSocket-Key": [] } }),
  refused("An empty key", [key], { fields: { "Sec-WebSocket-Key": [""] } }),
  refused("A key of 15 bytes", [key], { fields: { "Sec-WebSocket-Key": [fifteen] } }),
  refused("A key of 17 bytes", [key], { fields: { "Sec-WebSocket-Key": [seventeen] } }),
  refused("A key that is no base64", [key], {
    fields: { "Sec-WebSocket-Key": ["not-base64-at-all!!!!!=="] },
  }),
  refused("Two keys", ["RFC6455-11.3.1-1", opening], {
    fields: { "Sec-WebSocket-Key": [sixteen, sixteen] },
  }),
  {
    ...refused("No Sec-WebSocket-Version", [version], { fields: { "Sec-WebSocket-Version": [] } }),
  },
  {
    ...refused("A version that there is not", [version, "RFC6455-4.2.2-4", "RFC6455-4.4-1"], {
      fields: { "Sec-WebSocket-Version": ["99"] },
    }),
    answered: "sec-websocket-version",
    usual: 426,
  },
  refused("A version that is no number", [version, opening], {
    fields: { "Sec-WebSocket-Version": ["thirteen"] },
  }),
  refused("Two versions", ["RFC6455-11.3.5-1", opening], {
    fields: { "Sec-WebSocket-Version": ["13", "13"] },
  }),
  {
    ...refused("White space before a colon", [opening], { lines: ["X-Tautline-Check : value"] }),
    rules: ["RFC 7230 §3.2.4"],
  },
  {
    ...refused("A line without a colon", [opening], { lines: ["X-Tautline-Check"] }),
    rules: ["RFC 7230 §3.2"],
  },
  {
    ...refused("A NUL in a value", [opening], { lines: ["X-Tautline-Check: a\0b"] }),
    rules: ["RFC 7230 §3.2"],
  },
  {
    ...refused("A request of 1 MiB", ["RFC6455-4.2.2-1"], {
      lines: [`X-Tautline-Check: ${"a".repeat(hugeHeadBytes)}`],
    }),
    rules: ["RFC 7230 §3.2.5"],
    weight: "should",
    usual: 431,
  },
]);

const offer = (field: string, values: readonly string[]): Row["edits"] => ({
  fields: { [field]: values },
});

function declined(title: string, rfc: readonly string[], extension: string): Row {
  const expects: Expected = "declined";
  return { title, rfc: [...rfc], edits: offer("Sec-WebSocket-Extensions", [extension]), expects };
}

const negotiated = numbered("14.3", [
  {
    title: "Subprotocols that the server cannot know",
    rfc: ["RFC6455-4.2.2-6", "RFC6455-4.2.2-7", "RFC6455-11.3.4-1"],
    edits: offer("Sec-WebSocket-Protocol", ["x-tautline-check-1, x-tautline-check-2"]),
    expects: "opens",
    weight: "should",
  },
  declined("An extension that there is not", ["RFC6455-4.2.2-8"], "x-tautline-check"),
  declined(
    "permessage-deflate with a parameter that there is not",
    ["RFC7692-7-1", "RFC6455-9.1-4"],
    "permessage-deflate; x_tautline_check",
  ),
  declined(
    "permessage-deflate with a parameter twice",
    ["RFC7692-7-1"],
    "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
  ),
  declined(
    "permessage-deflate with a window of 7 bits",
    ["RFC7692-7.1.2-1", "RFC7692-7-1"],
    "permessage-deflate; server_max_window_bits=7",
  ),
  declined(
    "permessage-deflate with a window without a size",
    ["RFC7692-7.1.2.1-1", "RFC7692-7-1"],
    "permessage-deflate; server_max_window_bits",
  ),
]);

/** A field that no server sends of its own. */
export const slippedField = "x-tautline-slipped";
/** U+010D U+010A in UTF-8: cut to a byte each, they are CR LF. */
const cutToLineEnd = "\u00c4\u008d\u00c4\u008a";

function slipped(title: string, field: string, value: string): Row {
  return {
    title,
    rfc: ["RFC6455-4.2.2-10", opening],
    rules: ["RFC 7230 §9.4"],
    edits: offer(field, [`${value}${slippedField}: yes`]),
    expects: "kept out",
  };
}

const echoed = numbered("14.4", [
  slipped("A bare CR in an offered subprotocol", "Sec-WebSocket-Protocol", "chat\r"),
  slipped("A bare LF in an offered subprotocol", "Sec-WebSocket-Protocol", "chat\n"),
  slipped(
    "A subprotocol with letters that are CR LF when they are cut to bytes",
    "Sec-WebSocket-Protocol",
    `chat${cutToLineEnd}`,
  ),
  slipped(
    "An extension with letters that are CR LF when they are cut to bytes",
    "Sec-WebSocket-Extensions",
    `permessage-deflate${cutToLineEnd}`,
  ),
  {
    title: "After all of that, a handshake as the specification shows it",
    rfc: ["RFC6455-4.2.2-1"],
    edits: {},
    expects: "opens",
    last: true,
  },
]);

export const openingCases: readonly OpeningCase[] = [...good, ...bad, ...negotiated, ...echoed];

export const openingTitles: ReadonlyMap<string, string> = new Map([
  ["14.1", "Opening handshake: good requests"],
  ["14.2", "Opening handshake: requests to refuse"],
  ["14.3", "Opening handshake: what is agreed on"],
  ["14.4", "Opening handshake: what is slipped into the answer"],
]);
