/**
 * Sections 12 and 13: messages through permessage-deflate (RFC 7692), of different contents with the plain offer, and of
 * JSON with different parameters.
 */
import type { ConformanceCase, Step } from "../conformance-case.ts";
import type { DeflateRequest } from "../deflate-terms.ts";
import { answered, binary, text } from "./case-forms.ts";
import { corpora, json } from "./corpora.ts";
import type { Corpus } from "./corpora.ts";
import { full } from "./large-messages.ts";

/** Bytes of a message, and of the fragments that it is sent in; 0 for one frame. */
const sizes: readonly (readonly [number, number])[] = [
  ...[16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072].map(
    (bytes) => [bytes, 0] as const,
  ),
  ...[8192, 16_384, 32_768, 65_536, 131_072].map((bytes) => [bytes, 256] as const),
  ...[1024, 4096, 32_768].map((fragment) => [131_072, fragment] as const),
];

const fullCount = 1000;
/** In a quick run there are so many bytes to a case, in at least two messages: the second has a context to take over. */
const quickBytes = 16 * 1024;
const quickCount = 16;

const rfc = ["RFC7692-6-1", "RFC7692-7.2.1-1", "RFC7692-7.2.2-1"];

interface Series {
  readonly section: string;
  readonly what: string;
  readonly corpus: Corpus;
  readonly requests: readonly DeflateRequest[];
}

function countAt(extent: number, byteLength: number): number {
  if (extent === full) return fullCount;
  return Math.max(2, Math.min(quickCount, Math.floor(quickBytes / byteLength)));
}

function casesOf({ section, what, corpus, requests }: Series, extent: number): ConformanceCase[] {
  return sizes.map(([byteLength, fragmentBytes], i) => {
    const count = countAt(extent, byteLength);
    const pieces = Array.from({ length: count }, (_, number) => {
      const from = (number * byteLength) % corpus.byteLength;
      return corpus.bytes.subarray(from, from + byteLength);
    });
    const send = pieces.flatMap((payload, number): Step[] => [
      {
        do: "message",
        binary: corpus.binary,
        payload,
        fragmentBytes: fragmentBytes === 0 ? Infinity : fragmentBytes,
        compressed: true,
      },
      { do: "await", events: number + 1 },
    ]);
    const how = fragmentBytes === 0 ? "" : ` in fragments of ${fragmentBytes}`;
    const title = `${count} messages of ${byteLength} bytes${how}: ${what}`;
    return answered(
      { id: `${section}.${i + 1}`, title, rfc, send },
      pieces.map(corpus.binary ? binary : text),
      { heavy: true, deflate: requests },
    );
  });
}

const contents: readonly Series[] = corpora.map((corpus, i) => ({
  section: `12.${i + 1}`,
  what: corpus.what,
  corpus,
  requests: [{}],
}));

const parameters: readonly (readonly [string, readonly DeflateRequest[]])[] = [
  ["no parameters", [{}]],
  ["no context takeover", [{ noContextTakeover: true }]],
  ["a window of 9 bits", [{ windowBits: 9 }]],
  ["a window of 15 bits", [{ windowBits: 15 }]],
  ["no context takeover, a window of 9 bits", [{ noContextTakeover: true, windowBits: 9 }]],
  ["no context takeover, a window of 15 bits", [{ noContextTakeover: true, windowBits: 15 }]],
  ["three offers", [{ noContextTakeover: true, windowBits: 9 }, { noContextTakeover: true }, {}]],
];

const negotiated: readonly Series[] = parameters.map(([what, requests], i) => ({
  section: `13.${i + 1}`,
  what,
  corpus: json,
  requests,
}));

const series = [...contents, ...negotiated];

/** @param extent `full` or `quick` */
export function compression(extent: number): ConformanceCase[] {
  return series.flatMap((one) => casesOf(one, extent));
}

export const compressionTitles: readonly (readonly [string, string])[] = series.map(
  ({ section, what }) => [section, `Compression: ${what}`],
);
