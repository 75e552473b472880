/**
 * RFC 6455 §5.1–§5.3, §5.7: lengths, masks, reserved bits and opcodes.
 */
import type { Row } from "../engine-player.ts";
import { binary, close, continuation, filler, hex, ping, text } from "../frame-bytes.ts";
import { fails, said, sent } from "../frame-text.ts";

const hello = hex("48 65 6c 6c 6f");

/** The RFC's own examples (§5.7). */
const examples: readonly Row[] = [
  {
    name: "an unmasked text, as in the RFC's examples",
    rfc: ["RFC6455-6.2-1", "RFC6455-5.4-5", "RFC6455-6.2-3"],
    role: "client",
    bytes: [hex("81 05 48 65 6c 6c 6f")],
    events: [said.text("Hello")],
    output: [],
  },
  {
    name: "a masked text, as in the RFC's examples",
    rfc: ["RFC6455-6.2-1", "RFC6455-6.2-5"],
    role: "server",
    bytes: [hex("81 85 37 fa 21 3d 7f 9f 4d 51 58")],
    events: [said.text("Hello")],
    output: [],
  },
  {
    name: "a fragmented text, as in the RFC's examples",
    rfc: ["RFC6455-5.4-5"],
    role: "client",
    bytes: [hex("01 03 48 65 6c"), hex("80 02 6c 6f")],
    events: [said.text("Hello")],
    output: [],
  },
  {
    name: "an unmasked ping, as in the RFC's examples",
    rfc: ["RFC6455-5.5.2-1", "RFC6455-5.5.3-1"],
    role: "client",
    bytes: [hex("89 05 48 65 6c 6c 6f")],
    events: [said.ping(hello)],
    output: [sent.pong(hello)],
  },
  {
    name: "a masked pong, as in the RFC's examples",
    rfc: ["RFC6455-6.2-2"],
    role: "server",
    bytes: [hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58")],
    events: [said.pong(hello)],
    output: [],
  },
  {
    name: "256 bytes of binary, as in the RFC's examples",
    rfc: ["RFC6455-6.2-1"],
    role: "client",
    bytes: [hex("82 7e 01 00"), filler(256)],
    events: [said.binary(filler(256))],
    output: [],
  },
  {
    name: "64 KiB of binary, as in the RFC's examples",
    rfc: ["RFC6455-6.2-1"],
    role: "client",
    bytes: [hex("82 7f 00 00 00 00 00 01 00 00"), filler(65_536)],
    events: [said.binary(filler(65_536))],
    output: [],
  },
];

/** Around every border between two forms of length, and around the sizes at which the engine works differently. */
const lengths: readonly Row[] = [
  0, 1, 2, 3, 4, 5, 124, 125, 126, 127, 128, 129, 131, 132, 16_384, 65_534, 65_535, 65_536, 65_537,
].map((byteLength) => ({
  name: `a message of ${byteLength} bytes in the shortest form of length`,
  rfc: ["RFC6455-5.2-5", "RFC6455-6.2-1"],
  role: "both",
  bytes: [binary(filler(byteLength)), text("behind it")],
  events: [said.binary(filler(byteLength)), said.text("behind it")],
  output: [],
}));

const longForms = [
  { lengthBits: 16, byteLength: 0 },
  { lengthBits: 16, byteLength: 125 },
  { lengthBits: 64, byteLength: 0 },
  { lengthBits: 64, byteLength: 125 },
  { lengthBits: 64, byteLength: 126 },
  { lengthBits: 64, byteLength: 65_535 },
] as const;

const nonMinimal: readonly Row[] = longForms.map(({ lengthBits, byteLength }) => ({
  name: `${byteLength} bytes announced in ${lengthBits} bits are refused`,
  rfc: ["RFC6455-5.2-5", "RFC6455-10.7-1", "RFC6455-10.7-2"],
  role: "both",
  bytes: [binary(filler(byteLength), { lengthBits })],
  ...fails("PROTOCOL_LENGTH_NOT_MINIMAL"),
}));

/** Refused from the header alone: none of these bytes can ever have to be held. */
const hugeClaims: readonly Row[] = [
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 63n - 1024n,
].map((claimedLength) => ({
  name: `a frame that announces ${claimedLength} bytes is refused from its header`,
  rfc: ["RFC6455-10.4-1", "RFC6455-10.4-2"],
  role: "both",
  bytes: [binary(new Uint8Array(0), { claimedLength })],
  // What is not gathered may be as long as a number can say.
  ...(claimedLength < 2n ** 53n && { receive: "messages" as const }),
  ...fails("LIMIT_FRAME_BYTES"),
}));

const topBit: readonly Row[] = [2n ** 63n, 2n ** 64n - 1n].map((claimedLength) => ({
  name: `a length of ${claimedLength}, with its top bit set, is refused`,
  rfc: ["RFC6455-5.2-4"],
  role: "both",
  bytes: [binary(new Uint8Array(0), { claimedLength })],
  ...fails("PROTOCOL_LENGTH_TOP_BIT"),
}));

const masks: readonly Row[] = [
  {
    name: "an unmasked text frame is refused",
    rfc: ["RFC6455-5.1-2", "RFC6455-7.1.7-2"],
    role: "server",
    bytes: [text("Hello", { masked: false })],
    ...fails("PROTOCOL_UNMASKED_FRAME"),
  },
  {
    name: "an unmasked control frame is refused",
    rfc: ["RFC6455-5.1-2"],
    role: "server",
    bytes: [ping("", { masked: false })],
    ...fails("PROTOCOL_UNMASKED_FRAME"),
  },
  {
    name: "an unmasked fragment within a masked message is refused",
    rfc: ["RFC6455-5.1-2"],
    role: "server",
    bytes: [text("Hel", { fin: false }), continuation("lo", { masked: false })],
    ...fails("PROTOCOL_UNMASKED_FRAME"),
  },
  {
    name: "a masked text frame is refused",
    rfc: ["RFC6455-5.1-4", "RFC6455-7.1.7-1"],
    role: "client",
    bytes: [text("Hello", { masked: true })],
    ...fails("PROTOCOL_MASKED_FRAME"),
  },
  {
    name: "a masked Close frame is refused and not answered as one",
    rfc: ["RFC6455-5.1-4"],
    role: "client",
    bytes: [{ ...close(1000), masked: true }],
    ...fails("PROTOCOL_MASKED_FRAME"),
  },
  {
    name: "of a frame that is unmasked and has reserved bits, the bits are told, which come first",
    rfc: ["RFC6455-5.1-2"],
    role: "server",
    bytes: [text("Hello", { masked: false, reserved: 0b011 })],
    ...fails("PROTOCOL_RESERVED_BITS"),
  },
  {
    name: "a key of zeros masks too",
    rfc: ["RFC6455-6.2-5"],
    role: "server",
    bytes: [text("Hello", { key: [0, 0, 0, 0] })],
    events: [said.text("Hello")],
    output: [],
  },
  {
    name: "each frame is unmasked with its own key",
    rfc: ["RFC6455-6.2-5"],
    role: "server",
    bytes: [
      binary(filler(131), { key: [1, 2, 4, 8], fin: false }),
      continuation(filler(257), { key: [255, 0, 127, 128], fin: false }),
      continuation(filler(3), { key: [9, 8, 7, 6] }),
    ],
    events: [said.binary(Uint8Array.from([...filler(131), ...filler(257), ...filler(3)]))],
    output: [],
  },
];

const reservedBits: readonly Row[] = [1, 2, 3, 4, 5, 6, 7].flatMap((reserved) => [
  {
    name: `reserved bits ${reserved} on a data frame are refused`,
    rfc: ["RFC6455-5.2-2", "RFC6455-5.8-1"],
    role: "both" as const,
    bytes: [text("Hello", { reserved })],
    ...fails("PROTOCOL_RESERVED_BITS"),
  },
  {
    name: `reserved bits ${reserved} on a control frame are refused`,
    rfc: ["RFC6455-5.2-2", "RFC6455-5.8-1"],
    role: "both" as const,
    bytes: [text("Hello"), ping("x", { reserved })],
    ...fails("PROTOCOL_RESERVED_BITS", { events: [said.text("Hello")] }),
  },
]);

const reservedOpcodes: readonly Row[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
  name: `opcode ${opcode} is refused, and what follows is not read`,
  rfc: ["RFC6455-5.2-3", "RFC6455-7.1.7-5"],
  role: "both",
  bytes: [ping("before"), { opcode, payload: filler(9) }, text("not read"), close(1000)],
  ...fails("PROTOCOL_RESERVED_OPCODE", {
    events: [said.ping("before")],
    output: [sent.pong("before")],
  }),
}));

export const framingRows: readonly Row[] = [
  ...examples,
  ...lengths,
  ...nonMinimal,
  ...hugeClaims,
  ...topBit,
  ...masks,
  ...reservedBits,
  ...reservedOpcodes,
];
