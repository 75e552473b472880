/**
 * RFC 6455 §5.5, §5.5.2, §5.5.3: the form of control frames, pings and pongs.
 */
import type { Row } from "../engine-player.ts";
import { close, filler, more, opcodes, ping, pong, text } from "../frame-bytes.ts";
import { fails, said, sent } from "../frame-text.ts";

const form: readonly Row[] = (["close", "ping", "pong"] as const).flatMap((name): Row[] => [
  {
    name: `a fragmented ${name} is refused`,
    rfc: ["RFC6455-5.4-1", "RFC6455-5.5-2"],
    role: "both",
    bytes: [{ opcode: opcodes[name], payload: filler(0), ...more }],
    ...fails("PROTOCOL_CONTROL_FRAGMENTED"),
  },
  {
    name: `a fragmented ${name} within a message is refused`,
    rfc: ["RFC6455-5.4-1", "RFC6455-5.5-2"],
    role: "both",
    bytes: [text("a", more), { opcode: opcodes[name], payload: filler(2), ...more }],
    ...fails("PROTOCOL_CONTROL_FRAGMENTED"),
  },
  ...[126, 127, 65_536].map((byteLength): Row => ({
    name: `a ${name} of ${byteLength} bytes is refused`,
    rfc: ["RFC6455-5.5-1"],
    role: "both",
    bytes: [{ opcode: opcodes[name], payload: filler(byteLength) }],
    ...fails("PROTOCOL_CONTROL_TOO_LONG"),
  })),
]);

const pings: readonly Row[] = [0, 1, 2, 7, 124, 125].map((byteLength) => ({
  name: `a ping of ${byteLength} bytes is answered with the same bytes`,
  rfc: ["RFC6455-5.5.2-1", "RFC6455-5.5.3-1", "RFC6455-5.5-1"],
  role: "both",
  bytes: [ping(filler(byteLength))],
  events: [said.ping(filler(byteLength))],
  output: [sent.pong(filler(byteLength))],
}));

const traffic: readonly Row[] = [
  {
    name: "twelve pings in a row are answered in their order",
    rfc: ["RFC6455-5.5.2-1", "RFC6455-5.5.2-2"],
    role: "both",
    bytes: Array.from({ length: 12 }, (_, index) => ping(`ping ${index}`)),
    events: Array.from({ length: 12 }, (_, index) => said.ping(`ping ${index}`)),
    output: Array.from({ length: 12 }, (_, index) => sent.pong(`ping ${index}`)),
  },
  {
    name: "a ping may hold bytes that are not UTF-8",
    rfc: ["RFC6455-5.5.3-1"],
    role: "both",
    bytes: [ping(Uint8Array.of(0, 0xff, 0xfe, 0xc0))],
    events: [said.ping(Uint8Array.of(0, 0xff, 0xfe, 0xc0))],
    output: [sent.pong(Uint8Array.of(0, 0xff, 0xfe, 0xc0))],
  },
  {
    name: "an unsolicited pong is reported and not answered",
    rfc: ["RFC6455-6.2-2"],
    role: "both",
    bytes: [pong(), pong("unasked"), pong(filler(125))],
    events: [said.pong(""), said.pong("unasked"), said.pong(filler(125))],
    output: [],
  },
  {
    name: "a ping after this side's Close is answered, for the peer's has not come",
    rfc: ["RFC6455-5.5.2-1"],
    role: "both",
    first: (engine) => engine.close(1000, "", 0),
    bytes: [ping("still there?")],
    events: [said.ping("still there?")],
    output: [sent.close(1000), sent.pong("still there?")],
  },
  {
    name: "a ping after the peer's Close is not answered",
    rfc: ["RFC6455-5.5.2-1"],
    role: "both",
    bytes: [close(1000), ping("too late")],
    events: [said.closedCleanly(1000)],
    output: [sent.close(1000)],
  },
];

export const controlRows: readonly Row[] = [...form, ...pings, ...traffic];
