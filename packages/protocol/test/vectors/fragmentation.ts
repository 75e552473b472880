/**
 * RFC 6455 §5.4: messages in several frames, and what may and may not stand between them.
 */
import type { Row } from "../engine-player.ts";
import {
  binary,
  close,
  continuation,
  filler,
  joined,
  more,
  ping,
  pong,
  text,
} from "../frame-bytes.ts";
import { fails, said, sent } from "../frame-text.ts";

const whole: readonly Row[] = [
  {
    name: "a text in two fragments",
    rfc: ["RFC6455-5.4-2", "RFC6455-5.4-5", "RFC6455-6.2-3"],
    role: "both",
    bytes: [text("frag", more), continuation("ment")],
    events: [said.text("fragment")],
    output: [],
  },
  {
    name: "a binary message in four fragments, in their order",
    rfc: ["RFC6455-5.4-2", "RFC6455-5.4-10"],
    role: "both",
    bytes: [
      binary(filler(7), more),
      continuation(filler(130), more),
      continuation(filler(1), more),
      continuation(filler(300)),
    ],
    events: [said.binary(joined([filler(7), filler(130), filler(1), filler(300)]))],
    output: [],
  },
  {
    name: "the type is the first fragment's, whatever the bytes are",
    rfc: ["RFC6455-5.4-10", "RFC6455-6.2-3"],
    role: "both",
    bytes: [binary(Uint8Array.of(0xff), more), continuation("text")],
    events: [said.binary(Uint8Array.of(0xff, 0x74, 0x65, 0x78, 0x74))],
    output: [],
  },
  {
    name: "a message after a fragmented one is a new message",
    rfc: ["RFC6455-6.2-4"],
    role: "both",
    bytes: [
      text("a", more),
      continuation("b"),
      binary(filler(2)),
      text("c", more),
      continuation("d"),
    ],
    events: [said.text("ab"), said.binary(filler(2)), said.text("cd")],
    output: [],
  },
  {
    name: "a fragmented message larger than any buffer that is taken at once",
    rfc: ["RFC6455-5.4-5"],
    role: "both",
    bytes: [
      binary(filler(70_000), more),
      continuation(filler(70_001), more),
      continuation(filler(5)),
    ],
    events: [said.binary(joined([filler(70_000), filler(70_001), filler(5)]))],
    output: [],
  },
];

const empty: readonly Row[] = [
  {
    name: "empty text and binary messages",
    rfc: ["RFC6455-5.4-5"],
    role: "both",
    bytes: [text(""), binary(filler(0))],
    events: [said.text(""), said.binary(filler(0))],
    output: [],
  },
  {
    name: "a message of empty fragments only",
    rfc: ["RFC6455-5.4-5"],
    role: "both",
    bytes: [text("", more), continuation("", more), continuation("")],
    events: [said.text("")],
    output: [],
  },
  {
    name: "an empty binary message in fragments",
    rfc: ["RFC6455-5.4-5"],
    role: "both",
    bytes: [binary(filler(0), more), continuation("")],
    events: [said.binary(filler(0))],
    output: [],
  },
  {
    name: "empty fragments before, between and after full ones",
    rfc: ["RFC6455-5.4-5"],
    role: "both",
    bytes: [
      text("", more),
      continuation("a", more),
      continuation("", more),
      continuation("b", more),
      continuation(""),
    ],
    events: [said.text("ab")],
    output: [],
  },
  {
    name: "a full first fragment and an empty last one",
    rfc: ["RFC6455-5.4-5"],
    role: "both",
    bytes: [text("all of it", more), continuation("")],
    events: [said.text("all of it")],
    output: [],
  },
];

const between: readonly Row[] = [
  {
    name: "a ping between two fragments is answered at once",
    rfc: ["RFC6455-5.4-4", "RFC6455-6.2-2", "RFC6455-5.5.2-2"],
    role: "both",
    bytes: [text("frag", more), ping("now"), continuation("ment")],
    events: [said.ping("now"), said.text("fragment")],
    output: [sent.pong("now")],
  },
  {
    name: "pings and pongs between all fragments",
    rfc: ["RFC6455-5.4-4", "RFC6455-6.2-2"],
    role: "both",
    bytes: [
      binary(filler(3), more),
      ping("1"),
      pong("2"),
      continuation(filler(0), more),
      ping(filler(125)),
      continuation(filler(4)),
    ],
    events: [
      said.ping("1"),
      said.pong("2"),
      said.ping(filler(125)),
      said.binary(joined([filler(3), filler(4)])),
    ],
    output: [sent.pong("1"), sent.pong(filler(125))],
  },
  {
    name: "a Close frame between fragments ends the connection without the message",
    rfc: ["RFC6455-5.4-4", "RFC6455-5.5.1-5"],
    role: "both",
    bytes: [text("never", more), close(1000, "enough"), continuation(" finished")],
    events: [said.closedCleanly(1000, "enough")],
    output: [sent.close(1000, "enough")],
  },
];

const wrong: readonly Row[] = [
  ...["", "something"].flatMap((payload): Row[] => [
    {
      name: `a last fragment of ${payload.length} bytes with no message to continue`,
      rfc: ["RFC6455-5.4-3"],
      role: "both",
      bytes: [continuation(payload), text("not read")],
      ...fails("PROTOCOL_UNEXPECTED_CONTINUATION"),
    },
    {
      name: `a fragment of ${payload.length} bytes with no message to continue`,
      rfc: ["RFC6455-5.4-3"],
      role: "both",
      bytes: [continuation(payload, more), text("not read")],
      ...fails("PROTOCOL_UNEXPECTED_CONTINUATION"),
    },
  ]),
  {
    name: "a continuation after the message was finished",
    rfc: ["RFC6455-5.4-3", "RFC6455-6.2-4"],
    role: "both",
    bytes: [text("a", more), continuation("b"), continuation("c")],
    ...fails("PROTOCOL_UNEXPECTED_CONTINUATION", { events: [said.text("ab")] }),
  },
  {
    name: "a text within an unfinished text",
    rfc: ["RFC6455-5.4-3"],
    role: "both",
    bytes: [text("a", more), text("b"), continuation("c")],
    ...fails("PROTOCOL_EXPECTED_CONTINUATION"),
  },
  {
    name: "a binary fragment within an unfinished text",
    rfc: ["RFC6455-5.4-3", "RFC6455-5.4-10"],
    role: "both",
    bytes: [text("a", more), binary(filler(1), more)],
    ...fails("PROTOCOL_EXPECTED_CONTINUATION"),
  },
  {
    name: "an empty message within an empty unfinished one",
    rfc: ["RFC6455-5.4-3"],
    role: "both",
    bytes: [text("", more), text("")],
    ...fails("PROTOCOL_EXPECTED_CONTINUATION"),
  },
];

export const fragmentationRows: readonly Row[] = [...whole, ...empty, ...between, ...wrong];
