/** Section 7: the closing handshake, the form of Close frames and their codes (RFC 6455 §5.5.1, §7.4). */
import type { ConformanceCase } from "../conformance-case.ts";
import { ascii, hex, repeated } from "../payload.ts";
import {
  answered,
  caseOf,
  close,
  closeRefused,
  closed,
  frame,
  opcode,
  status,
  text,
} from "./case-forms.ts";

const greeting = ascii("Hello World!");
const [half, otherHalf] = [ascii("fragment1"), ascii("fragment2")];
const long = repeated(ascii("BAsd7&jh23"), 256 * 1024);
const notUtf8 = hex("ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64");

const answeredClose = ["RFC6455-5.5.1-5", "RFC6455-5.5.1-7", "RFC6455-7.1.2-2"];
const nothingAfter = [...answeredClose, "RFC6455-5.5.1-4", "RFC6455-7.1.1-1"];
const form = ["RFC6455-5.5.1-1"];

const openCodes = [5000, 65_535];

const basic: readonly ConformanceCase[] = [
  answered(
    {
      id: "7.1.1",
      title: "A message comes back, then the tester closes",
      rfc: answeredClose,
      send: [frame(opcode.text, greeting)],
    },
    [text(greeting)],
    { ending: { by: "tester", codes: [1000], clean: true, decisive: "code" } },
  ),
  closed({
    id: "7.1.2",
    title: "Two Close frames: the second is ignored",
    rfc: nothingAfter,
    send: [close(1000), frame(opcode.close)],
  }),
  closed({
    id: "7.1.3",
    title: "A ping behind the Close frame is not answered",
    rfc: [...nothingAfter, "RFC6455-5.5.2-1"],
    send: [close(1000), frame(opcode.ping)],
  }),
  closed({
    id: "7.1.4",
    title: "A message behind the Close frame is ignored",
    rfc: nothingAfter,
    send: [close(1000), frame(opcode.text, greeting)],
  }),
  closed({
    id: "7.1.5",
    title: "A Close frame inside a fragmented message",
    rfc: nothingAfter,
    send: [
      frame(opcode.text, half, { fin: false }),
      close(1000),
      frame(opcode.continuation, otherHalf),
    ],
  }),
  caseOf(
    {
      id: "7.1.6",
      title:
        "A message of 256 KiB, a short one, a Close frame and a ping in one go: what still comes back is up to the peer",
      rfc: answeredClose,
      send: [
        frame(opcode.text, long),
        frame(opcode.text, greeting),
        close(1000),
        frame(opcode.ping),
      ],
    },
    [{ grade: "OK", events: [text(long), text(greeting)] }],
    { by: "tester", codes: [1000], clean: true },
    { informational: true },
  ),
];

const lengths: readonly ConformanceCase[] = [
  closed({
    id: "7.3.1",
    title: "A Close frame without payload",
    rfc: [...form, ...answeredClose],
    send: [{ do: "close", payload: new Uint8Array(0) }],
  }),
  closeRefused({
    id: "7.3.2",
    title: "A Close frame of one byte is refused",
    rfc: form,
    send: [{ do: "close", payload: ascii("a") }],
  }),
  closed({
    id: "7.3.3",
    title: "A Close frame with a code alone",
    rfc: [...form, ...answeredClose],
    send: [close(1000)],
  }),
  closed({
    id: "7.3.4",
    title: "A Close frame with code and reason",
    rfc: [...form, ...answeredClose],
    send: [close(1000, greeting)],
  }),
  closed({
    id: "7.3.5",
    title: "A Close frame with the longest reason, 123 bytes",
    rfc: [...form, ...answeredClose, "RFC6455-5.5-1"],
    send: [close(1000, ascii("*".repeat(123)))],
  }),
  closeRefused({
    id: "7.3.6",
    title: "A Close frame with a reason of 124 bytes is refused",
    rfc: ["RFC6455-5.5-1"],
    send: [close(1000, ascii("*".repeat(124)))],
  }),
  closeRefused(
    {
      id: "7.5.1",
      title: "A Close frame with a reason that is not UTF-8 is refused",
      rfc: ["RFC6455-8.1-1"],
      send: [close(1000, notUtf8)],
    },
    [1002, 1007],
  ),
];

const validCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
/** Not defined, and free to be: 1012 to 1014 were defined after RFC 6455. */
const undefinedCodes = new Set([1016, 1100, 2000, 2999]);
const invalidCodes = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

export const closing: readonly ConformanceCase[] = [
  ...basic,
  ...lengths,
  ...validCodes.map((code, i) =>
    closed(
      {
        id: `7.7.${i + 1}`,
        title: `Close code ${code} is valid`,
        rfc: [...form, ...answeredClose],
        send: [close(code)],
      },
      [1000, code],
    ),
  ),
  ...invalidCodes.map((code, i): ConformanceCase => ({
    ...closeRefused({
      id: `7.9.${i + 1}`,
      title: `Close code ${code} is refused`,
      rfc: invalidCodeRules(code),
      send: [close(code)],
    }),
    weight: undefinedCodes.has(code) ? "should" : "must",
  })),
  ...openCodes.map((code, i) =>
    caseOf(
      {
        id: `7.13.${i + 1}`,
        title: `Close code ${code}: the specification does not say`,
        rfc: form,
        send: [{ do: "close", payload: status(code) }],
      },
      [{ grade: "OK", events: [] }],
      { by: "tester", codes: [1000, 1002, code], clean: false },
      { informational: true },
    ),
  ),
];

function invalidCodeRules(code: number): string[] {
  if (code === 1005) return [...form, "RFC6455-7.4.1-1"];
  if (code === 1006) return [...form, "RFC6455-7.4.1-2"];
  return form;
}
