/** All cases, in the order of their numbers, and the titles of their sections. */
import type { ConformanceCase } from "../conformance-case.ts";
import { compression, compressionTitles } from "./compression.ts";
import { closing } from "./closing.ts";
import { fragmentation } from "./fragmentation.ts";
import { framing } from "./framing.ts";
import { full, largeMessages, quick } from "./large-messages.ts";
import { pings } from "./pings.ts";
import { reservedBits, reservedOpcodes } from "./reserved.ts";
import { utf8SequenceTitles, utf8Sequences } from "./utf8-sequences.ts";
import { utf8 } from "./utf8.ts";

/** @param extent {@link full}, or {@link quick}: an eighth of section 9's bytes and messages, few messages in 12 and 13 */
export const casesAt = (extent: number): readonly ConformanceCase[] => [
  ...framing,
  ...pings,
  ...reservedBits,
  ...reservedOpcodes,
  ...fragmentation,
  ...utf8,
  ...utf8Sequences,
  ...closing,
  ...largeMessages(extent),
  ...compression(extent),
];

export { full, quick };

export const sectionTitles: ReadonlyMap<string, string> = new Map([
  ["1.1", "Framing: text messages"],
  ["1.2", "Framing: binary messages"],
  ["2", "Pings and pongs"],
  ["3", "Reserved bits"],
  ["4.1", "Reserved data opcodes"],
  ["4.2", "Reserved control opcodes"],
  ["5", "Fragmentation"],
  ["6.1", "Text: empty fragments"],
  ["6.2", "Text: valid UTF-8 in fragments"],
  ["6.3", "Text: invalid UTF-8"],
  ["6.4", "Text: failing fast"],
  ...utf8SequenceTitles,
  ["7.1", "Closing: the handshake"],
  ["7.3", "Closing: length of the Close frame"],
  ["7.5", "Closing: a reason that is not UTF-8"],
  ["7.7", "Closing: valid codes"],
  ["7.9", "Closing: invalid codes"],
  ["7.13", "Closing: codes that nobody defined"],
  ["9.1", "Large text messages"],
  ["9.2", "Large binary messages"],
  ["9.3", "Large text messages in fragments"],
  ["9.4", "Large binary messages in fragments"],
  ["9.5", "Large text messages in small writes"],
  ["9.6", "Large binary messages in small writes"],
  ["9.7", "Text messages in turn"],
  ["9.8", "Binary messages in turn"],
  ["10.1", "A message in many fragments"],
  ...compressionTitles,
]);
