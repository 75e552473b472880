/**
 * docs/reference/wire-protocol.md is generated: its tables of messages from the schema's facts and the codecs' own tables, its
 * codes and limits from the code. `npx vitest run tests/docs/wire-protocol.test.ts -u` writes the page anew.
 */
import type { Element, Field, MessageSchema } from "@tautline/wire";
import {
  commandLimits,
  commandSchema,
  disconnects,
  reconnectsAfter,
  replyErrors,
  replySchema,
  resubscribesAfter,
  unsubscribes,
} from "@tautline/wire";
import { format } from "prettier";
import { expect, test } from "vitest";
import { protocolSchema } from "./protocol-schema.ts";

/** Our tables by the schema's names of the messages, found by walking from commands and replies. */
const ours = new Map<string, MessageSchema>();

/** What is in our tables and not as the schema has it. */
const deviations: string[] = [];

function typeOf(element: Element): string {
  if (element.kind === "payload") return "bytes";
  return element.kind === "message" ? "a message" : element.kind;
}

function fits(field: Field, type: string): boolean {
  const [many, one = many] = type.split(":");
  const element = field.kind === "list" || field.kind === "map" ? field.element : field;
  const manyOf = field === element ? undefined : field.kind;
  if (manyOf !== (type.includes(":") ? many : undefined)) return false;
  return typeOf(element) === (protocolSchema.has(one ?? "") ? "a message" : one);
}

function walk(message: string, schema: MessageSchema): void {
  if (ours.has(message)) return;
  ours.set(message, schema);
  for (const [name, field] of schema.fields) {
    const fact = protocolSchema.get(message)?.find((one) => one.name === name);
    if (fact === undefined || fact.number !== field.number || !fits(field, fact.type)) {
      deviations.push(`${message}.${name}`);
      continue;
    }
    const element = field.kind === "list" || field.kind === "map" ? field.element : field;
    if (element.kind === "message") walk(fact.type.split(":").at(-1) ?? "", element.schema);
  }
}

walk("Command", commandSchema);
walk("Reply", replySchema);

/** Why a field is in our tables and yet without effect, or why it is not in them. */
const remarks: Readonly<Record<string, string>> = {
  "ConnectRequest.flag": "no feature of connections is switched on by it",
  "ConnectRequest.headers": "read, and not acted upon",
  "ConnectRequest.dict": "compression dictionaries",
  "ConnectRequest.profile": "compression dictionaries",
  "ConnectResult.dict": "compression dictionaries",
  "ConnectResult.flag": "never written",
  "ConnectResult.time": "never written",
  "ConnectResult.version": "never written",
  "Publication.time": "never written",
  "Publication.channel": "never written: there are no subscriptions by pattern",
  "SubscribeRequest.type": "0 alone; others are answered with error 108",
  "PublishRequest.type": "0 alone; others are answered with error 108",
  "SubscribeRequest.flag": "bit 2: refuse with error 112 rather than begin without what was missed",
  "SubscribeRequest.positioned": "the channel's options decide",
  "SubscribeRequest.recoverable": "the channel's options decide",
  "SubscribeRequest.tf": "filters by tags",
  "Push.id": "numbers in the place of channels' names",
  "SubscribeResult.id": "numbers in the place of channels' names",
  "SubscribeResult.publish_debounce": "never written",
};

function tableOf(message: string): string[] {
  const fields = protocolSchema.get(message) ?? [];
  const known = ours.get(message);
  const heading = [`### ${message}`, ""];
  if (message === "EmulationRequest") {
    return [
      ...heading,
      "The body of requests to the emulation endpoint, spoken there in both formats: see [HTTP transports](http-transports.md).",
      "",
    ];
  }
  if (known === undefined) return [...heading, "Not spoken.", ""];
  if (fields.length === 0) return [...heading, "Without fields.", ""];
  const rows = fields.map(({ number, name, type }) => {
    const [many, one] = type.split(":");
    const shown = one === undefined ? type : many === "map" ? `map of ${one}` : `list of ${one}`;
    const spoken = known.fields.has(name) ? "yes" : "ignored";
    return `| ${number} | \`${name}\` | ${shown} | ${spoken} | ${remarks[`${message}.${name}`] ?? ""} |`;
  });
  return [
    ...heading,
    "| number | field | type | spoken | remark |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ];
}

const codeRows = (
  codes: Readonly<Record<string, { readonly code: number; readonly reason: string }>>,
  again: (code: number) => boolean,
): string[] =>
  Object.values(codes).map(
    ({ code, reason }) => `| ${code} | ${reason} | ${again(code) ? "yes" : "no"} |`,
  );

const { maxFrameBytes, maxMessagesPerFrame, maxDepth } = commandLimits;

function page(): string {
  return [
    "# The hub's wire protocol",
    "",
    "The hub and its client speak the Centrifuge client protocol, version 2, so that every official SDK is a client. Generated from the codecs' own tables.",
    "",
    "## Formats",
    "",
    "A client sends commands and gets replies; pushes are replies without an id. Over WebSocket a connection speaks one of two formats:",
    "",
    "| | JSON | Protobuf |",
    "| --- | --- | --- |",
    "| asked for by | nothing, or the subprotocol `centrifuge-json` | the subprotocol `centrifuge-protobuf`, or `format=protobuf` or `cf_protocol=protobuf` in the query |",
    "| frames | text | binary |",
    "| several messages in a frame | separated by a line feed | each behind its length, a varint |",
    "| names of fields | as below | numbers as below |",
    "| zero values | left out, except where they are never absent (members, statistics, history) | left out |",
    "| unknown fields | ignored | ignored; groups are refused |",
    "| `bytes` in the tables | any JSON value | bytes |",
    "| integers | those that a double holds exactly | the same |",
    "",
    "Both formats share channels. What a Protobuf client sends is bytes and travels as it is. A JSON client gets the JSON that the bytes hold, without line feeds between its tokens. **Bytes that hold no JSON, no UTF-8 or more than 64 levels end the connection of a JSON client that would get them with 3506 (inappropriate protocol)**, as with Centrifugo. The channel option `payloads` says what publications may be: with `json` others are refused with error 107, so that no Protobuf client can do that to JSON clients; with `bytes` code on the server gets bytes always; with `any`, the default, it gets the value of what holds JSON and a `Uint8Array` of what does not.",
    "",
    'Differences between publications (`delta: "fossil"`) are a string of text in JSON, where whole publications of such a subscription are one too, and bytes in Protobuf, where wholes are as they are.',
    "",
    "## Batching, limits and what is malformed",
    "",
    `Both sides may put several messages in one frame. A frame of a client may have ${maxFrameBytes.toLocaleString("en")} bytes, ${maxMessagesPerFrame} commands and, in JSON, ${maxDepth} levels; the hub's option \`frame\` changes that.`,
    "",
    "A frame that is malformed, has a value of a wrong type or is over a limit ends the connection with 3501 (bad request), after the commands before the fault were taken. In Protobuf that is: a length or a number that reaches beyond the end, a number of more than 64 bits, the field number 0, a group, a known field with another wire type than its own, text that is no UTF-8, a text frame, and an empty one. Of a field that comes twice the last value counts; in Protobuf messages are merged, as that format has it.",
    "",
    "## Ping and pong",
    "",
    "The server sends an empty reply (`{}`, in Protobuf the byte 0) every `ping` seconds, as the connect result tells; with `pong` the client answers with an empty command. A client that does not is disconnected with 3012. Clients send no pings of their own: `ping` is answered with error 108.",
    "",
    "## Errors in replies",
    "",
    "| code | message | temporary |",
    "| --- | --- | --- |",
    ...Object.values(replyErrors).map(
      (one) => `| ${one.code} | ${one.message} | ${"temporary" in one ? "yes" : "no"} |`,
    ),
    "",
    "## Disconnect codes",
    "",
    "Of a WebSocket also the close code.",
    "",
    "| code | reason | client comes back |",
    "| --- | --- | --- |",
    ...codeRows(disconnects, reconnectsAfter),
    "",
    "Any code from 3500 to 3999 and from 4500 to 4999, and 1009, keeps clients away; after any other they come back.",
    "",
    "## Unsubscribe codes",
    "",
    "| code | reason | client subscribes again |",
    "| --- | --- | --- |",
    ...codeRows(unsubscribes, resubscribesAfter),
    "",
    "## Messages",
    "",
    'Every message and field of the schema. "Spoken" fields are in the codecs\' tables; the others are stepped over when they come and never written. Keys of maps are strings.',
    "",
    ...[...protocolSchema.keys()].flatMap(tableOf),
  ].join("\n");
}

test("our tables have the schema's numbers and types", () => {
  expect(deviations).toEqual([]);
});

test("every remark is about a field that there is", () => {
  const fields = [...protocolSchema].flatMap(([message, all]) =>
    all.map(({ name }) => `${message}.${name}`),
  );
  expect(Object.keys(remarks).filter((name) => !fields.includes(name))).toEqual([]);
});

test("the page about the wire protocol says what the tables say", async () => {
  const formatted = await format(page(), { parser: "markdown" });
  await expect(formatted).toMatchFileSnapshot("../../docs/reference/wire-protocol.md");
});
