/**
 * RFC 6455 §10.4: what a peer may ask of this side's memory.
 */
import type { Row } from "../engine-player.ts";
import { binary, continuation, filler, joined, more, ping, text } from "../frame-bytes.ts";
import { fails, said, sent } from "../frame-text.ts";

const rfc = ["RFC6455-10.4-1", "RFC6455-10.4-2"];

export const limitRows: readonly Row[] = [
  {
    name: "a frame of exactly maxFrameBytes",
    rfc,
    role: "both",
    options: { maxFrameBytes: 10 },
    bytes: [binary(filler(10))],
    events: [said.binary(filler(10))],
    output: [],
  },
  {
    name: "a frame of maxFrameBytes + 1 is refused from its header",
    rfc,
    role: "both",
    options: { maxFrameBytes: 10 },
    bytes: [binary(new Uint8Array(0), { claimedLength: 11n })],
    ...fails("LIMIT_FRAME_BYTES"),
  },
  {
    name: "a control frame is not held to maxFrameBytes",
    rfc,
    role: "both",
    options: { maxFrameBytes: 10, maxMessageBytes: 10 },
    bytes: [ping(filler(20))],
    events: [said.ping(filler(20))],
    output: [sent.pong(filler(20))],
  },
  {
    name: "a message of exactly maxMessageBytes, in fragments",
    rfc,
    role: "both",
    options: { maxMessageBytes: 10 },
    bytes: [binary(filler(4), more), continuation(filler(6))],
    events: [said.binary(joined([filler(4), filler(6)]))],
    output: [],
  },
  {
    name: "a message of maxMessageBytes + 1 in one frame is refused from its header",
    rfc,
    role: "both",
    options: { maxMessageBytes: 10 },
    bytes: [binary(new Uint8Array(0), { claimedLength: 11n })],
    ...fails("LIMIT_MESSAGE_BYTES"),
  },
  {
    name: "a message of maxMessageBytes + 1 in fragments is refused from the header that passes it",
    rfc,
    role: "both",
    options: { maxMessageBytes: 10 },
    bytes: [
      text("1234", more),
      continuation("567890", more),
      ping("between"),
      continuation(new Uint8Array(0), { claimedLength: 1n }),
    ],
    ...fails("LIMIT_MESSAGE_BYTES", {
      events: [said.ping("between")],
      output: [sent.pong("between")],
    }),
  },
  {
    name: "messages are counted one by one",
    rfc,
    role: "both",
    options: { maxMessageBytes: 10, maxFragments: 2 },
    bytes: [text("12345", more), continuation("67890"), text("12345", more), continuation("67890")],
    events: [said.text("1234567890"), said.text("1234567890")],
    output: [],
  },
  {
    name: "a message of exactly maxFragments frames",
    rfc,
    role: "both",
    options: { maxFragments: 3 },
    bytes: [text("a", more), continuation("b", more), continuation("c")],
    events: [said.text("abc")],
    output: [],
  },
  {
    name: "a message of more than maxFragments frames, though they are empty",
    rfc,
    role: "both",
    options: { maxFragments: 3 },
    bytes: [text("", more), continuation("", more), continuation("", more), continuation("")],
    ...fails("LIMIT_FRAGMENTS"),
  },
  {
    name: "control frames between fragments are not fragments",
    rfc,
    role: "both",
    options: { maxFragments: 2 },
    bytes: [text("a", more), ping(), ping(), ping(), continuation("b")],
    events: [said.ping(""), said.ping(""), said.ping(""), said.text("ab")],
    output: [sent.pong(), sent.pong(), sent.pong()],
  },
];
