/**
 * Publications in the forms that subscribers with Fossil deltas get: whole, or as the difference to the one before. In
 * the protocol's JSON format both are a string of text, because a delta is text and no JSON. Each form is made once,
 * whoever asks for it, and lives as long as its publication.
 */

import type { Payload, Publication } from "@tautline/wire";
import { createDelta, encodePayload } from "@tautline/wire";

export class FossilForms {
  readonly #whole = new WeakMap<Publication, Publication>();
  readonly #deltas = new WeakMap<
    Publication,
    { readonly base: Payload; readonly form: Publication }
  >();

  whole(publication: Publication): Publication {
    let form = this.#whole.get(publication);
    if (form === undefined) {
      const { data = encodePayload(null) } = publication;
      form = { ...publication, data: encodePayload(data) };
      this.#whole.set(publication, form);
    }
    return form;
  }

  /** The difference to `base`, or the whole when that is shorter. */
  delta(base: Payload, publication: Publication): Publication {
    const known = this.#deltas.get(publication);
    if (known?.base === base) return known.form;
    const { data = encodePayload(null) } = publication;
    const difference = createDelta(base, data);
    const form =
      difference.length < data.length
        ? { ...publication, data: encodePayload(difference), delta: true }
        : this.whole(publication);
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
