/**
 * Texts and bytes to compress, of the five kinds that Autobahn's section 12 uses and made up here: JSON, a picture,
 * prose, HTML and a document that is compressed already. The same on every run.
 */

/** Length of each, in bytes. */
const corpusBytes = 256 * 1024;

/** A linear congruential generator: numbers from 0 up to `below`. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words =
  "line rope knot sail wind tide harbour anchor mast deck crew storm calm the a of under over holds turns slips and taut slack".split(
    " ",
  );

function prose(next: (below: number) => number, count: number): string {
  const some = Array.from({ length: count }, () => words[next(next(words.length) + 1)] ?? "");
  return `${some.join(" ")}.`;
}

/** Twice in a row, so that a piece that runs over the end goes on at the beginning. */
function filled(seed: number, piece: (next: (below: number) => number) => string): Buffer {
  const next = numbers(seed);
  let text = "";
  while (text.length < corpusBytes) text += piece(next);
  return twice(Buffer.from(text.slice(0, corpusBytes), "latin1"));
}

const twice = (bytes: Buffer): Buffer => Buffer.concat([bytes, bytes]);

function picture(seed: number): Buffer {
  const next = numbers(seed);
  const width = 512;
  return twice(
    Buffer.from(
      Array.from({ length: corpusBytes }, (_, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        return (128 + 60 * Math.sin(x / 40) + 50 * Math.cos(y / 25) + next(8)) & 0xff;
      }),
    ),
  );
}

export interface Corpus {
  readonly what: string;
  readonly binary: boolean;
  /** Its bytes, twice. */
  readonly bytes: Buffer;
  readonly byteLength: number;
}

const corpus = (what: string, binary: boolean, bytes: Buffer): Corpus => ({
  what,
  binary,
  bytes,
  byteLength: corpusBytes,
});

export const json: Corpus = corpus(
  "JSON",
  false,
  filled(1, (next) =>
    JSON.stringify({ id: next(1e6), name: words[next(20)], at: [next(360), next(180)] }),
  ),
);

/** In the order of the sections 12.1 to 12.5. */
export const corpora: readonly Corpus[] = [
  json,
  corpus("a picture", true, picture(2)),
  corpus(
    "prose",
    true,
    filled(3, (next) => `${prose(next, 5 + next(20))}\r\n`),
  ),
  corpus(
    "HTML",
    false,
    filled(
      4,
      (next) => `<p class="k${next(9)}"><a href="/${next(999)}">${prose(next, 6)}</a></p>\n`,
    ),
  ),
  corpus(
    "a compressed document",
    true,
    filled(5, (next) => {
      const noise = Array.from({ length: 400 }, () => String.fromCharCode(next(256)));
      return `${next(9999)} 0 obj << /Length 400 >> stream\n${noise.join("")}\nendstream endobj\n`;
    }),
  ),
];
