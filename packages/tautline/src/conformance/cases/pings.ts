/** Section 2: pings and pongs (RFC 6455 §5.5.2, §5.5.3). */
import type { ConformanceCase, FrameStep } from "../conformance-case.ts";
import { ascii, repeated } from "../payload.ts";
import { answered, close, frame, notText, opcode, pong, refused } from "./case-forms.ts";

const empty = new Uint8Array(0);
const longest = repeated(Uint8Array.of(0xfe), 125);
const tooLong = repeated(Uint8Array.of(0xfe), 126);
const greeting = ascii("Hello, world!");
const unasked = ascii("unsolicited pong payload");
const question = ascii("ping payload");

const pongs = ["RFC6455-5.5.2-1", "RFC6455-5.5.3-1"];

const tenPayloads = Array.from({ length: 10 }, (_, i) => ascii(`payload-${i}`));
const tenPings = (more: Partial<FrameStep>): FrameStep[] =>
  tenPayloads.map((payload) => frame(opcode.ping, payload, more));

export const pings: readonly ConformanceCase[] = [
  answered(
    { id: "2.1", title: "An empty ping is answered", rfc: pongs, send: [frame(opcode.ping)] },
    [pong(empty)],
  ),
  answered(
    {
      id: "2.2",
      title: "The pong has the ping's payload: text",
      rfc: pongs,
      send: [frame(opcode.ping, greeting)],
    },
    [pong(greeting)],
  ),
  answered(
    {
      id: "2.3",
      title: "The pong has the ping's payload: bytes that are no UTF-8",
      rfc: pongs,
      send: [frame(opcode.ping, notText)],
    },
    [pong(notText)],
  ),
  answered(
    {
      id: "2.4",
      title: "A ping of 125 bytes, the most that is allowed",
      rfc: [...pongs, "RFC6455-5.5-1"],
      send: [frame(opcode.ping, longest)],
    },
    [pong(longest)],
  ),
  refused({
    id: "2.5",
    title: "A ping of 126 bytes is refused",
    rfc: ["RFC6455-5.5-1"],
    send: [frame(opcode.ping, tooLong)],
  }),
  answered(
    {
      id: "2.6",
      title: "A ping of 125 bytes, sent byte by byte",
      rfc: pongs,
      send: [frame(opcode.ping, longest, { chop: 1 })],
    },
    [pong(longest)],
  ),
  answered(
    {
      id: "2.7",
      title: "An empty pong that answers nothing is ignored",
      rfc: ["RFC6455-6.2-2"],
      send: [frame(opcode.pong), close(1000)],
    },
    [],
  ),
  answered(
    {
      id: "2.8",
      title: "A pong with payload that answers nothing is ignored",
      rfc: ["RFC6455-6.2-2"],
      send: [frame(opcode.pong, unasked), close(1000)],
    },
    [],
  ),
  answered(
    {
      id: "2.9",
      title: "A pong that answers nothing, then a ping: the ping alone is answered",
      rfc: pongs,
      send: [frame(opcode.pong, unasked), frame(opcode.ping, question)],
    },
    [pong(question)],
  ),
  answered(
    {
      id: "2.10",
      title: "Ten pings are answered by ten pongs in order",
      rfc: pongs,
      send: tenPings({}),
    },
    tenPayloads.map(pong),
  ),
  answered(
    {
      id: "2.11",
      title: "Ten pings, sent byte by byte, are answered by ten pongs in order",
      rfc: pongs,
      send: tenPings({ chop: 1 }),
    },
    tenPayloads.map(pong),
  ),
];
