/**
 * One publication on its way to a channel's subscribers. Every form in which they want it is made, encoded and framed at
 * most once, when the first of them asks for it.
 */

import type { Format, Payload, Publication } from "@tautline/wire";
import type { BrokerPublication, Position } from "../ports/broker.ts";
import type { Prepare } from "../ports/client-connection.ts";
import { Broadcast } from "./broadcast.ts";
import type { FossilForms } from "./fossil-forms.ts";

export class Delivery {
  readonly publication: BrokerPublication;
  /** Absent when the publication is in no log. */
  readonly position: Position | undefined;
  readonly #channel: string;
  readonly #prepare: Prepare;
  readonly #forms: FossilForms;
  readonly #broadcasts = new Map<Publication, Broadcast>();

  constructor(
    channel: string,
    publication: BrokerPublication,
    position: Position | undefined,
    tools: { readonly prepare: Prepare; readonly forms: FossilForms },
  ) {
    this.#channel = channel;
    this.publication = publication;
    this.position = position;
    this.#prepare = tools.prepare;
    this.#forms = tools.forms;
  }

  /** Whether it is for the connection with this id, which is at its place afterwards either way. */
  isFor(client: string): boolean {
    return isFor(this.publication, client);
  }

  /** The publication as it is. */
  plain(): Broadcast {
    return this.#broadcast(this.publication);
  }

  /** For subscribers with deltas: against the data of the last publication they got, whole for those without one. */
  compressed(format: Format, base: Payload | undefined): Broadcast {
    const forms = this.#forms[format];
    const { publication } = this;
    return this.#broadcast(
      base === undefined ? forms.whole(publication) : forms.delta(base, publication),
    );
  }

  #broadcast(form: Publication): Broadcast {
    let broadcast = this.#broadcasts.get(form);
    if (broadcast === undefined) {
      broadcast = new Broadcast(this.#prepare, { channel: this.#channel, pub: form });
      this.#broadcasts.set(form, broadcast);
    }
    return broadcast;
  }
}

/** Whether a publication is for the connection with this id. */
export function isFor({ except }: BrokerPublication, client: string): boolean {
  return except === undefined || !except.includes(client);
}
