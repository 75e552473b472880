/** Section 1: messages in one frame, of the lengths at which the length's encoding changes (RFC 6455 §5.2). */
import type { ConformanceCase } from "../conformance-case.ts";
import { ascii, repeated } from "../payload.ts";
import { answered, binary, frame, opcode, text } from "./case-forms.ts";

const lengths = [
  { byteLength: 0 },
  { byteLength: 125 },
  { byteLength: 126 },
  { byteLength: 127 },
  { byteLength: 128 },
  { byteLength: 65_535 },
  { byteLength: 65_536 },
  { byteLength: 65_536, chop: 997 },
];

const rfc = ["RFC6455-6.1-4", "RFC6455-6.1-5", "RFC6455-6.2-1", "RFC6455-6.2-3", "RFC6455-5.2-5"];

function messages(
  kind: "text" | "binary",
  section: string,
  pattern: Uint8Array,
): ConformanceCase[] {
  return lengths.map(({ byteLength, chop }, i) => {
    const payload = repeated(pattern, byteLength);
    const pieces = chop === undefined ? {} : { chop };
    const how = chop === undefined ? "" : `, in writes of ${chop} bytes`;
    const row = {
      id: `${section}.${i + 1}`,
      title: `A ${kind} message of ${byteLength} bytes${how}, comes back`,
      rfc,
      send: [frame(opcode[kind], payload, pieces)],
    };
    return answered(row, [(kind === "text" ? text : binary)(payload)]);
  });
}

export const framing: readonly ConformanceCase[] = [
  ...messages("text", "1.1", ascii("*")),
  ...messages("binary", "1.2", Uint8Array.of(0xfe)),
];
