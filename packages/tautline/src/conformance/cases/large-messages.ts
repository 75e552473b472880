/**
 * Sections 9 and 10: large messages whole, in many fragments and in many writes, and many messages in turn. Section 9
 * comes in full, and with an eighth of the bytes and messages for a run that is to be quick.
 */
import type { ConformanceCase, FrameStep, Step } from "../conformance-case.ts";
import { ascii, repeated } from "../payload.ts";
import { answered, binary, frame, opcode, text } from "./case-forms.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

type Kind = "text" | "binary";

const patterns: Readonly<Record<Kind, Uint8Array>> = {
  text: ascii("BAsd7&jh23"),
  binary: Uint8Array.of(0x00, 0xfe, 0x23, 0xfa, 0xf0),
};
const echoOf = { text, binary };

const wholeRules = ["RFC6455-6.1-4", "RFC6455-6.2-1"];
const fragmentRules = ["RFC6455-5.4-2", "RFC6455-5.4-5"];

const wholeSizes = [64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB];
const fragmentSizes = [64, 256, 1024, 4096, 16_384, 65_536, 262_144, MiB, 4 * MiB];
const chopSizes = [64, 128, 256, 512, 1024, 2048];
const turnSizes = [0, 16, 64, 256, 1024, 4096];

const messageBytes = 4 * MiB;
const choppedBytes = MiB;
const turns = 1000;

/** What sizes and numbers are divided by. */
export const full = 1;
export const quick = 8;

/** 65536 as "64 KiB". */
function size(byteLength: number): string {
  if (byteLength >= MiB) return `${byteLength / MiB} MiB`;
  return byteLength >= KiB ? `${byteLength / KiB} KiB` : `${byteLength} bytes`;
}

function heavy(
  id: string,
  title: string,
  { kind, byteLength, rfc }: { kind: Kind; byteLength: number; rfc: readonly string[] },
  send: (payload: ReturnType<typeof repeated>) => readonly Step[],
): ConformanceCase {
  const payload = repeated(patterns[kind], byteLength);
  const row = { id, title, rfc, send: send(payload) };
  return answered(row, [echoOf[kind](payload)], { heavy: true });
}

function whole(kind: Kind, section: string, extent: number): ConformanceCase[] {
  return wholeSizes.map((fullBytes, i) => {
    const byteLength = fullBytes / extent;
    return heavy(
      `${section}.${i + 1}`,
      `A ${kind} message of ${size(byteLength)} comes back`,
      { kind, byteLength, rfc: wholeRules },
      (payload) => [frame(opcode[kind], payload)],
    );
  });
}

function fragmented(kind: Kind, section: string, extent: number): ConformanceCase[] {
  const byteLength = messageBytes / extent;
  return fragmentSizes.map((fragmentBytes, i) =>
    heavy(
      `${section}.${i + 1}`,
      `A ${kind} message of ${size(byteLength)} in fragments of ${size(fragmentBytes)} comes back`,
      { kind, byteLength, rfc: fragmentRules },
      (payload) => [{ do: "message", binary: kind === "binary", payload, fragmentBytes }],
    ),
  );
}

function chopped(kind: Kind, section: string, extent: number): ConformanceCase[] {
  const byteLength = choppedBytes / extent;
  return chopSizes.map((chop, i) =>
    heavy(
      `${section}.${i + 1}`,
      `A ${kind} message of ${size(byteLength)} in writes of ${size(chop)} comes back`,
      { kind, byteLength, rfc: wholeRules },
      (payload) => [frame(opcode[kind], payload, { chop })],
    ),
  );
}

function inTurn(kind: Kind, section: string, extent: number): ConformanceCase[] {
  const count = turns / extent;
  return turnSizes.map((byteLength, i) => {
    const payload = repeated(patterns[kind], byteLength);
    const one: FrameStep = frame(opcode[kind], payload);
    const send = Array.from({ length: count }, (_, turn): Step[] => [
      one,
      { do: "await", events: turn + 1 },
    ]).flat();
    const title = `${count} ${kind} messages of ${size(byteLength)}, each sent when the last has come back`;
    const row = { id: `${section}.${i + 1}`, title, rfc: wholeRules, send };
    const echo = echoOf[kind](payload);
    return answered(
      row,
      Array.from({ length: count }, () => echo),
      { heavy: true },
    );
  });
}

const autoFragments = repeated(ascii("*"), 64 * KiB);

const inFragments = answered(
  {
    id: "10.1.1",
    title: "A text message of 64 KiB in fragments of 1300 bytes comes back",
    rfc: fragmentRules,
    send: [{ do: "message", binary: false, payload: autoFragments, fragmentBytes: 1300 }],
  },
  [text(autoFragments)],
);

/** @param extent {@link full} or {@link quick} */
export function largeMessages(extent: number): ConformanceCase[] {
  return [
    ...whole("text", "9.1", extent),
    ...whole("binary", "9.2", extent),
    ...fragmented("text", "9.3", extent),
    ...fragmented("binary", "9.4", extent),
    ...chopped("text", "9.5", extent),
    ...chopped("binary", "9.6", extent),
    ...inTurn("text", "9.7", extent),
    ...inTurn("binary", "9.8", extent),
    inFragments,
  ];
}
