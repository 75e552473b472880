/**
 * RFC 6455 §5.5.1, §7.1, §7.4: the closing handshake and its codes.
 */
import type { Row } from "../engine-player.ts";
import {
  close,
  continuation,
  filler,
  hex,
  joined,
  more,
  opcodes,
  ping,
  text,
  utf8,
} from "../frame-bytes.ts";
import { fails, said, sent } from "../frame-text.ts";

const legal = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000,
  4001, 4999,
];

const illegal: readonly { code: number; rfc: string }[] = [
  ...[0, 1, 999].map((code) => ({ code, rfc: "RFC6455-5.5.1-1" })),
  { code: 1004, rfc: "RFC6455-5.5.1-1" },
  { code: 1005, rfc: "RFC6455-7.4.1-1" },
  { code: 1006, rfc: "RFC6455-7.4.1-2" },
  { code: 1015, rfc: "RFC6455-7.4.1-4" },
  ...[1016, 1100, 2000, 2999, 5000, 5001, 65_535].map((code) => ({ code, rfc: "RFC6455-5.5.1-1" })),
];

const codes: readonly Row[] = [
  ...legal.map((code): Row => ({
    name: `code ${code} is echoed and reported`,
    rfc: ["RFC6455-5.5.1-1", "RFC6455-5.5.1-5", "RFC6455-5.5.1-6", "RFC6455-7.1.2-2"],
    role: "both",
    bytes: [close(code, "reason")],
    events: [said.closedCleanly(code, "reason")],
    output: [sent.close(code, "reason")],
  })),
  ...illegal.map(({ code, rfc }): Row => ({
    name: `code ${code} is refused`,
    rfc: [rfc, "RFC6455-7.1.7-4"],
    role: "both",
    bytes: [close(code, "reason")],
    ...fails("PROTOCOL_CLOSE_CODE"),
  })),
];

const payloads: readonly Row[] = [
  {
    name: "an empty Close frame is answered with an empty one and reported as 1005",
    rfc: ["RFC6455-5.5.1-5", "RFC6455-7.4.1-1"],
    role: "both",
    bytes: [close()],
    events: [said.closedCleanly(1005)],
    output: [sent.close()],
  },
  {
    name: "a Close frame of one byte is refused",
    rfc: ["RFC6455-5.5.1-1"],
    role: "both",
    bytes: [{ opcode: opcodes.close, payload: hex("03") }],
    ...fails("PROTOCOL_CLOSE_PAYLOAD"),
  },
  {
    name: "a reason of 123 bytes",
    rfc: ["RFC6455-5.5-1"],
    role: "both",
    bytes: [close(1000, "x".repeat(123))],
    events: [said.closedCleanly(1000, "x".repeat(123))],
    output: [sent.close(1000, "x".repeat(123))],
  },
  {
    name: "a reason beyond ASCII",
    rfc: ["RFC6455-8.1-1"],
    role: "both",
    bytes: [close(1000, "κόσμε 🧵")],
    events: [said.closedCleanly(1000, "κόσμε 🧵")],
    output: [sent.close(1000, "κόσμε 🧵")],
  },
  {
    name: "a reason that is not UTF-8 is refused",
    rfc: ["RFC6455-8.1-1"],
    role: "both",
    bytes: [close(1000, joined([utf8("bad "), hex("ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80")]))],
    ...fails("PROTOCOL_INVALID_UTF8"),
  },
  {
    name: "a reason that ends within a character is refused",
    rfc: ["RFC6455-8.1-1"],
    role: "both",
    bytes: [close(1000, hex("f0 9f a7"))],
    ...fails("PROTOCOL_INVALID_UTF8"),
  },
];

const after: readonly Row[] = [
  {
    name: "what comes after the peer's Close frame is ignored, violations included",
    rfc: ["RFC6455-7.1.1-1", "RFC6455-5.5.1-5"],
    role: "both",
    bytes: [
      text("before"),
      close(1000),
      text("after"),
      close(1001),
      hex("ff ff ff ff"),
      filler(40),
    ],
    events: [said.text("before"), said.closedCleanly(1000)],
    output: [sent.close(1000)],
  },
  {
    name: "what comes after a violation is ignored, a Close frame included",
    rfc: ["RFC6455-7.1.7-5"],
    role: "both",
    bytes: [
      text("before"),
      text("bad", { reserved: 7 }),
      close(1000),
      ping("after"),
      text("after"),
    ],
    ...fails("PROTOCOL_RESERVED_BITS", { events: [said.text("before")] }),
  },
];

const started: readonly Row[] = [
  {
    name: "a Close frame sent here and answered there",
    rfc: ["RFC6455-7.1.2-1", "RFC6455-5.5.1-3", "RFC6455-5.5.1-6"],
    role: "both",
    first: (engine) => engine.close(1001, "going", 0),
    bytes: [close(1001)],
    events: [said.closedCleanly(1001)],
    output: [sent.close(1001, "going")],
  },
  {
    name: "Close frames that cross: neither side answers, each reports the other's",
    rfc: ["RFC6455-5.5.1-9", "RFC6455-5.5.1-5"],
    role: "both",
    first: (engine) => engine.close(3001, "here", 0),
    bytes: [close(4001, "there")],
    events: [said.closedCleanly(4001, "there")],
    output: [sent.close(3001, "here")],
  },
  {
    name: "messages that were under way when this side closed still arrive",
    rfc: ["RFC6455-7.1.2-1", "RFC6455-5.4-5"],
    role: "both",
    first: (engine) => engine.close(1000, "", 0),
    bytes: [text("under", more), continuation(" way"), close(1000)],
    events: [said.text("under way"), said.closedCleanly(1000)],
    output: [sent.close(1000)],
  },
  {
    name: "a Close frame without a code",
    rfc: ["RFC6455-7.1.2-1"],
    role: "both",
    first: (engine) => engine.close(undefined, undefined, 0),
    bytes: [close()],
    events: [said.closedCleanly(1005)],
    output: [sent.close()],
  },
  {
    name: "closing twice sends one Close frame",
    rfc: ["RFC6455-5.5.1-4"],
    role: "both",
    first: (engine) => {
      engine.close(1000, "first", 0);
      engine.close(1001, "second", 0);
    },
    bytes: [close(1000)],
    events: [said.closedCleanly(1000)],
    output: [sent.close(1000, "first")],
  },
  {
    name: "after this side's Close frame nothing more is sent",
    rfc: ["RFC6455-5.5.1-4", "RFC6455-6.1-2", "RFC6455-6.1-3"],
    role: "both",
    first: (engine) => {
      engine.sendText("last");
      engine.close(1000, "", 0);
      engine.sendText("late");
      engine.sendBinary(filler(20));
      engine.ping();
      engine.pong();
    },
    bytes: [],
    events: [],
    output: [sent.text("last"), sent.close(1000)],
  },
  {
    name: "a violation after this side's Close frame ends it without a second one",
    rfc: ["RFC6455-7.1.7-1", "RFC6455-7.1.7-2"],
    role: "both",
    first: (engine) => engine.close(1000, "", 0),
    bytes: [text("bad", { reserved: 1 }), close(1000)],
    events: fails("PROTOCOL_RESERVED_BITS").events,
    output: [sent.close(1000)],
  },
  {
    name: "an illegal Close frame in answer to this side's ends it without a second one",
    rfc: ["RFC6455-7.4.1-2"],
    role: "both",
    first: (engine) => engine.close(1000, "", 0),
    bytes: [close(1006)],
    events: fails("PROTOCOL_CLOSE_CODE").events,
    output: [sent.close(1000)],
  },
];

export const closingRows: readonly Row[] = [...codes, ...payloads, ...after, ...started];
