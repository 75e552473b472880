/**
 * The updates of a run as they travel, the same text whatever carries them: a number, a time, and data of the size asked for. The
 * data is what JSON of applications looks like, so that it compresses as that does: field names come again and again, values
 * change from record to record. The same number gives the same data, so that runs can be compared.
 */
export interface Update {
  /** From 1, without holes. */
  readonly number: number;
  readonly text: string;
}

const sides = ["buy", "sell"];
const symbols = ["HITCH", "CLEAT", "BIGHT", "SHEET", "BOLLARD", "SPLICE"];

/** An update that was made at `madeAt`, in milliseconds since 1970, with `bytes` bytes of data. */
export function makeUpdate(number: number, madeAt: number, bytes: number): Update {
  return { number, text: `{"n":${number},"at":${madeAt},"data":${updateData(number, bytes)}}` };
}

/** JSON of exactly so many characters, all of ASCII; from 4. */
function updateData(number: number, bytes: number): string {
  const random = randomNumbers(number);
  let text = "[";
  for (;;) {
    const record = `${recordOf(random)},`;
    // What is left at the end is filled with a string, which takes its two quotes and the bracket.
    if (text.length + record.length + 3 > bytes) break;
    text += record;
  }
  const room = bytes - text.length - 3;
  return `${text}"${"taut line ".repeat(Math.ceil(room / 10)).slice(0, room)}"]`;
}

function recordOf(random: () => number): string {
  const symbol = symbols[Math.floor(random() * symbols.length)] ?? "";
  const side = sides[Math.floor(random() * sides.length)] ?? "";
  const price = (80 + random() * 40).toFixed(2);
  const volume = Math.floor(random() * 5000);
  return `{"symbol":"${symbol}","price":${price},"volume":${volume},"side":"${side}"}`;
}

/** Numbers from 0 to 1 that depend on the seed alone (a linear congruential generator, Numerical Recipes' constants). */
function randomNumbers(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
