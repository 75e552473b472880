/**
 * RFC 7692 §6 and §7.2.2: compressed messages that arrive, whole, byte by byte and cut at random.
 */
import type { Role } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { generator } from "../deterministic-platform.ts";
import type { Play } from "../engine-player.ts";
import { every, scattered } from "../engine-player.ts";
import type { Wire } from "../frame-bytes.ts";
import {
  binary,
  close,
  continuation,
  encode,
  filler,
  hex,
  joined,
  more,
  ping,
  pong,
  text,
  utf8,
} from "../frame-bytes.ts";
import type { Seen } from "../frame-text.ts";
import { fails, said, sent } from "../frame-text.ts";
import type { ObservedOptions } from "../observed-engine.ts";
import { seed } from "../seed.ts";
import type { CompressedOptions } from "./compressed-engine.ts";
import { CompressedEngine } from "./compressed-engine.ts";
import { deflate, testCodec } from "./test-codec.ts";

interface Row extends Seen {
  readonly name: string;
  readonly rfc: readonly string[];
  readonly bytes: readonly Wire[];
  readonly compression?: CompressedOptions;
  readonly options?: ObservedOptions;
}

const compressed = { reserved: 4 } as const;
const compressedMore = { reserved: 4, fin: false } as const;
const noTakeover: CompressedOptions = {
  agreed: "server_no_context_takeover; client_no_context_takeover",
};

const long = "All work and no play makes a dull line. ".repeat(40);
const longDeflated = deflate(utf8(long));
const zeros = deflate(new Uint8Array(100_000));

/** The RFC's own examples of "Hello" (§7.2.3). */
const examples: readonly Row[] = [
  ["one block", "f2 48 cd c9 c9 07 00"],
  ["no compression", "00 05 00 fa ff 48 65 6c 6c 6f 00"],
  ["a final block", "f3 48 cd c9 c9 07 00 00"],
  ["two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"],
].map(([name = "", bytes = ""]) => ({
  name: `"Hello" in ${name}`,
  rfc: ["RFC7692-7.2.2-1", "RFC7692-6.2-1", "RFC7692-7.2.1-1", "RFC7692-7.2.1-6"],
  bytes: [text(hex(bytes), compressed)],
  events: [said.text("Hello")],
  output: [],
}));

const messages: readonly Row[] = [
  {
    name: "fragments of a message, of which the first carries the bit",
    rfc: ["RFC7692-6.2-1", "RFC7692-6-1"],
    bytes: [
      text(hex("f2 48 cd"), compressedMore),
      continuation(hex(""), more),
      ping("between"),
      continuation(hex("c9 c9 07 00")),
    ],
    events: [said.ping("between"), said.text("Hello")],
    output: [sent.pong("between")],
  },
  {
    name: "a last fragment without payload",
    rfc: ["RFC7692-6.2-1"],
    bytes: [binary(hex("f2 48 cd c9 c9 07 00"), compressedMore), continuation(hex(""))],
    events: [said.binary(utf8("Hello"))],
    output: [],
  },
  {
    name: "messages with and without the bit in turn",
    rfc: ["RFC7692-6.2-2", "RFC7692-6.2-1"],
    bytes: [
      text("plain"),
      text(hex("f2 48 cd c9 c9 07 00"), compressed),
      text("pl", more),
      continuation("ain"),
      binary(longDeflated, compressed),
    ],
    events: [said.text("plain"), said.text("Hello"), said.text("plain"), said.binary(utf8(long))],
    output: [],
  },
  {
    name: "the same message again, from the history",
    rfc: ["RFC7692-7.2.2-2", "RFC7692-7.2.2-3"],
    bytes: [
      text(hex("f2 48 cd c9 c9 07 00"), compressed),
      text(hex("f2 00 11 00 00"), compressed),
      text("plain text does not move the window"),
      text(hex("f2 00 11 00 00"), compressed),
    ],
    events: [
      said.text("Hello"),
      said.text("Hello"),
      said.text("plain text does not move the window"),
      said.text("Hello"),
    ],
    output: [],
  },
  {
    name: "a message from a history that was agreed not to be kept",
    rfc: ["RFC7692-7.2.2-2"],
    bytes: [text(hex("f2 48 cd c9 c9 07 00"), compressed), text(hex("f2 00 11 00 00"), compressed)],
    compression: noTakeover,
    ...fails("PROTOCOL_INVALID_DEFLATE", { events: [said.text("Hello")] }),
  },
  {
    name: "an empty message as the RFC writes it",
    rfc: ["RFC7692-7.2.2-1"],
    bytes: [text(hex("00"), compressed), binary(hex("02 00"), compressed)],
    events: [said.text(""), said.binary(filler(0))],
    output: [],
  },
  {
    name: "an empty message as some peers write it: without a payload",
    rfc: [],
    bytes: [
      text(hex(""), compressed),
      binary(hex(""), compressed),
      text(hex(""), compressedMore),
      continuation(hex("")),
    ],
    events: [said.text(""), said.binary(filler(0)), said.text("")],
    output: [],
  },
];

const misuse: readonly Row[] = [
  ...[
    text(longDeflated, { reserved: 2 }),
    text(longDeflated, { reserved: 1 }),
    text(longDeflated, { reserved: 5 }),
    text(longDeflated, { reserved: 6 }),
  ].map((frame) => ({
    name: `a text with the reserved bits ${frame.reserved} is refused`,
    rfc: ["RFC6455-5.2-2"],
    bytes: [frame],
    ...fails("PROTOCOL_RESERVED_BITS"),
  })),
  ...[ping("x", compressed), pong("x", compressed), { ...close(1000), reserved: 4 }].map(
    (frame) => ({
      name: `a control frame with RSV1 is refused (opcode ${frame.opcode})`,
      rfc: ["RFC7692-6-2"],
      bytes: [frame],
      ...fails("PROTOCOL_RESERVED_BITS"),
    }),
  ),
  {
    name: "a continuation with RSV1 is refused",
    rfc: ["RFC7692-6-2"],
    bytes: [text(hex("f2 48"), compressedMore), continuation(hex("cd c9 c9 07 00"), compressed)],
    ...fails("PROTOCOL_RESERVED_BITS"),
  },
  {
    name: "a continuation with RSV1 of a message without is refused",
    rfc: ["RFC7692-6-2"],
    bytes: [text("a", more), continuation("b", compressed)],
    ...fails("PROTOCOL_RESERVED_BITS"),
  },
];

const wrong: readonly Row[] = [
  ...[
    ["a block of a reserved type", "ff ff ff ff"],
    ["a distance beyond the beginning", "f2 00 11 00 00"],
    ["lengths of a stored block that do not agree", "00 05 00 05 00 48"],
    ["a stored block that is cut", "00 05 00 fa ff 48 65"],
    ["a block that is cut", "f2 48 cd"],
  ].map(([name = "", bytes = ""]) => ({
    name: `${name} is refused`,
    rfc: ["RFC7692-7.2.2-1"],
    bytes: [binary(hex(bytes), compressed)],
    compression: noTakeover,
    ...fails("PROTOCOL_INVALID_DEFLATE"),
  })),
  {
    name: "text that is not UTF-8 once it is inflated is refused",
    rfc: ["RFC7692-6-3", "RFC6455-8.1-1"],
    bytes: [text(deflate(hex("48 c0 80")), compressed)],
    ...fails("PROTOCOL_INVALID_UTF8"),
  },
  {
    name: "compressed text need not be UTF-8, in no fragment",
    rfc: ["RFC7692-6-3"],
    bytes: [
      text(longDeflated.subarray(0, 9), compressedMore),
      continuation(longDeflated.subarray(9)),
    ],
    events: [said.text(long)],
    output: [],
  },
];

const limits: readonly Row[] = [
  {
    name: "a message that is exactly maxMessageBytes once it is inflated",
    rfc: ["RFC6455-10.4-1"],
    bytes: [binary(zeros, compressed)],
    options: { maxMessageBytes: 100_000 },
    events: [said.binary(new Uint8Array(100_000))],
    output: [],
  },
  {
    name: "a message that is one byte too long once it is inflated",
    rfc: ["RFC6455-10.4-1"],
    bytes: [binary(zeros, compressed)],
    options: { maxMessageBytes: 99_999 },
    ...fails("LIMIT_MESSAGE_BYTES"),
  },
  {
    name: "a bomb in fragments",
    rfc: ["RFC6455-10.4-1"],
    bytes: [binary(zeros.subarray(0, 50), compressedMore), continuation(zeros.subarray(50))],
    options: { maxMessageBytes: 1000 },
    ...fails("LIMIT_MESSAGE_BYTES"),
  },
  {
    name: "incompressible data, which gets longer",
    rfc: [],
    bytes: [binary(joined([hex("00 64 00 9b ff"), filler(100), hex("00")]), compressed)],
    options: { maxMessageBytes: 100 },
    events: [said.binary(filler(100))],
    output: [],
  },
  {
    name: "far more compressed data than the message could need, from the header",
    rfc: ["RFC6455-10.4-1"],
    bytes: [binary(filler(0), { ...compressed, claimedLength: 1200n })],
    options: { maxMessageBytes: 100 },
    ...fails("LIMIT_MESSAGE_BYTES"),
  },
  {
    name: "empty fragments without end",
    rfc: ["RFC6455-10.4-1"],
    bytes: [
      text(filler(0), compressedMore),
      ...Array.from({ length: 5 }, () => continuation(filler(0), more)),
    ],
    options: { maxFragments: 5 },
    ...fails("LIMIT_FRAGMENTS"),
  },
];

const tables = { examples, messages, misuse, wrong, limits };

/** How messages are received, and what of it is done elsewhere. */
interface Manner {
  readonly receive: "messages" | "streams";
  readonly elsewhere: boolean;
}

const manners: readonly Manner[] = [
  { receive: "messages", elsewhere: false },
  { receive: "messages", elsewhere: true },
  { receive: "streams", elsewhere: false },
  { receive: "streams", elsewhere: true },
];

function play(row: Row, role: Role, cut: Play["cut"], { receive, elsewhere }: Manner): Seen {
  const codec = testCodec({ partsElsewhere: elsewhere });
  const compression = { codec, asyncFromBytes: elsewhere ? 1 : 16_384, ...row.compression };
  const engine = new CompressedEngine(role, compression, { ...row.options, receive });
  const { observed } = engine;
  const output: string[] = [];
  for (const piece of cut(encode(row.bytes, role))) {
    observed.receiveBytes(piece);
    engine.work();
    output.push(...observed.output());
  }
  if (observed.engine.transportAction !== "keep") observed.receiveEnd();
  return { events: observed.events, output };
}

const cuts: readonly (readonly [string, Play["cut"]])[] = [
  ["whole", (bytes) => [bytes]],
  ["byte by byte", every(1)],
  [`cut at random (TAUTLINE_SEED=${seed})`, scattered(generator(seed), 40)],
];

for (const [table, rows] of Object.entries(tables)) {
  describe(`compressed ${table}`, () => {
    for (const row of rows) {
      for (const role of ["server", "client"] as const) {
        test(`${role}: ${row.name} [${row.rfc.join(", ")}]`, () => {
          const { events, output } = row;
          for (const [told, cut] of cuts) {
            for (const manner of manners) {
              const seen = play(row, role, cut, manner);
              expect({ told, manner, ...seen }).toEqual({ told, manner, events, output });
            }
          }
        });
      }
    }
  });
}
