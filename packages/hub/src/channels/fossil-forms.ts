/**
 * Publications in the forms that subscribers with Fossil deltas get: whole, or as the difference to the one before. In
 * the protocol's JSON format both are a string of text, because a delta is text and no JSON; in Protobuf both are bytes.
 * Each form is made once, whoever asks for it, and lives as long as its publication.
 */

import type { Format, Payload, Publication } from "@tautline/wire";
import {
  createBinaryDelta,
  createDelta,
  encodePayload,
  jsonOf,
  payloadBytes,
} from "@tautline/wire";

/** How one format carries what deltas are made of. */
interface DeltaFormat {
  /** The data as a whole. */
  whole(data: Payload): Payload;
  /** The difference of `data` to `base`, `undefined` when there is none that is shorter than the whole. */
  difference(base: Payload, data: Payload): Payload | undefined;
}

/** Data that is no JSON stays as it is: no connection that speaks JSON can carry it in any form. */
const json: DeltaFormat = {
  whole(data) {
    const text = jsonOf(data);
    return text === undefined ? data : encodePayload(text);
  },
  difference(base, data) {
    const from = jsonOf(base);
    const to = jsonOf(data);
    if (from === undefined || to === undefined) return undefined;
    const delta = createDelta(from, to);
    return delta.length < to.length ? encodePayload(delta) : undefined;
  },
};

const protobuf: DeltaFormat = {
  whole: (data) => data,
  difference(base, data) {
    const to = payloadBytes(data);
    const delta = createBinaryDelta(payloadBytes(base), to);
    return delta.length < to.length ? delta : undefined;
  },
};

/** The forms of publications in one format. */
export class FormatForms {
  readonly #format: DeltaFormat;
  readonly #whole = new WeakMap<Publication, Publication>();
  readonly #deltas = new WeakMap<
    Publication,
    { readonly base: Payload; readonly form: Publication }
  >();

  constructor(format: DeltaFormat) {
    this.#format = format;
  }

  whole(publication: Publication): Publication {
    let form = this.#whole.get(publication);
    if (form === undefined) {
      form = { ...publication, data: this.#format.whole(dataOf(publication)) };
      this.#whole.set(publication, form);
    }
    return form;
  }

  /** The difference to `base`, or the whole when that is shorter. */
  delta(base: Payload, publication: Publication): Publication {
    const known = this.#deltas.get(publication);
    if (known?.base === base) return known.form;
    const data = this.#format.difference(base, dataOf(publication));
    const form =
      data === undefined ? this.whole(publication) : { ...publication, data, delta: true };
    this.#deltas.set(publication, { base, form });
    return form;
  }

  /** A run of publications, each against the one before it; the first is whole. */
  run(publications: readonly Publication[]): readonly Publication[] {
    return publications.map((publication, index) => {
      const base = publications[index - 1]?.data;
      return base === undefined ? this.whole(publication) : this.delta(base, publication);
    });
  }
}

/** The forms of publications, by the format of the connection that they are for. */
export type FossilForms = Readonly<Record<Format, FormatForms>>;

export function createFossilForms(): FossilForms {
  return { json: new FormatForms(json), protobuf: new FormatForms(protobuf) };
}

function dataOf({ data = encodePayload(null) }: Publication): Payload {
  return data;
}
