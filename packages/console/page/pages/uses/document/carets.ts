/**
 * Where the others are in the document. Everybody tells their own place, the latest a few times a second and nothing of it is kept; who comes is
 * told again, and who leaves is forgotten.
 */
import { memberList } from "@tautline/client";
import type { Client, Member } from "@tautline/client";

import type { HubLine } from "../../../line/hub-line.ts";
import { Observable } from "../../../shell/observable.ts";
import { attend } from "../attend.ts";
import { fieldsOf, textOf } from "../fields.ts";
import { LatestValue } from "../latest-value.ts";
import { memberName } from "../member-name.ts";

const beatMs = 80;

/** A place in the document's own terms, so that it stays right while others type. */
export interface CaretPlace {
  readonly anchor: string;
  readonly head: string;
}

export interface Writer {
  readonly client: string;
  readonly name: string;
  /** Undefined until it was told. */
  readonly place: CaretPlace | undefined;
  readonly self: boolean;
}

export class Carets {
  readonly writers = new Observable<readonly Writer[]>([]);
  #places: ReadonlyMap<string, CaretPlace> = new Map();
  #members: readonly Member[] = [];
  #client: Client | undefined;
  readonly #own = new LatestValue<CaretPlace>(
    (place) => this.#tell(place),
    (one, other) => one.anchor === other.anchor && one.head === other.head,
  );

  /** Begins to tell and to hear; the returned function ends it. */
  open(line: HubLine): () => void {
    const beat = setInterval(() => void this.#own.beat(), beatMs);
    const leave = attend(line, (client) => this.#enter(client));
    return () => {
      clearInterval(beat);
      leave();
    };
  }

  /** Says where the person is. */
  place(place: CaretPlace): void {
    this.#own.offer(place);
  }

  #enter(client: Client): () => void {
    this.#client = client;
    const channel = client.subscribe("uses-carets:notes", { joinLeave: true, echo: false });
    channel.onPublication(({ data, publisher }) => {
      const place = readPlace(data);
      if (place === undefined || publisher === undefined) return;
      this.#places = new Map([...this.#places, [publisher.client, place]]);
      this.#show();
    });
    channel.onStateChange(({ state }) => {
      if (state === "subscribed") this.#own.forget();
    });
    channel.onJoin(({ client: who }) => {
      if (who !== client.connection?.client) this.#own.forget();
    });
    const list = memberList(channel);
    list.onChange(({ current }) => {
      this.#members = current;
      const here = new Set(current.map((member) => member.client));
      this.#places = new Map([...this.#places].filter(([who]) => here.has(who)));
      this.#show();
    });
    return () => {
      list.stop();
      this.#client = undefined;
      void channel.unsubscribe();
    };
  }

  #show(): void {
    const self = this.#client?.connection?.client;
    this.writers.set(
      this.#members.map((member) => ({
        client: member.client,
        name: memberName(member),
        place: this.#places.get(member.client),
        self: member.client === self,
      })),
    );
  }

  async #tell(place: CaretPlace): Promise<void> {
    const client = this.#client;
    if (client?.state !== "connected") throw new Error("There is no line.");
    await client.publish("uses-carets:notes", place);
  }
}

function readPlace(data: unknown): CaretPlace | undefined {
  const fields = fieldsOf(data);
  const anchor = textOf(fields?.["anchor"]);
  const head = textOf(fields?.["head"]);
  return anchor === undefined || head === undefined ? undefined : { anchor, head };
}
