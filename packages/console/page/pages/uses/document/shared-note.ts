/**
 * The document over the hub. What is typed goes out as publications, a few times a second; the channel's log is where the document is kept. Who
 * comes reads the log from its beginning. So that the log may forget its oldest entries, whoever wrote the hundredth edit since the last whole
 * state publishes the whole state. What a window has that the log has not, after a break or on a server that lost its log, it publishes again:
 * merging twice changes nothing.
 */
import { CallRefused } from "@tautline/client";
import type { Client, Publication, Subscription } from "@tautline/client";

import type { HubLine } from "../../../line/hub-line.ts";
import { Observable } from "../../../shell/observable.ts";
import { attend } from "../attend.ts";
import { fieldsOf, textOf } from "../fields.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { mergedUpdates, Note } from "./note.ts";

const gatherMs = 60;
const stateEvery = 100;
const pageSize = 200;

export class SharedNote {
  readonly note = new Note();
  readonly text = new Observable("");
  /** Whether the server has everything that was typed here. */
  readonly saved = new Observable(true);
  /** Whether the document has been read. */
  readonly ready = new Observable(false);
  readonly problem = new Observable<string | undefined>(undefined);
  #channel: Subscription<unknown> | undefined;
  #waiting: readonly Uint8Array[] = [];
  #sending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The log's place of the newest whole state. */
  #stateAt = 0;
  /** What came in while an input method is at work; undefined when none is. */
  #held: Uint8Array[] | undefined;

  constructor() {
    this.note.onChange((text) => this.text.set(text));
    this.note.onOwnUpdate((update) => {
      this.#waiting = [...this.#waiting, update];
      this.saved.set(false);
      this.#sendSoon();
    });
  }

  /** Begins to share; the returned function ends it. */
  open(line: HubLine): () => void {
    const leave = attend(line, (client) => this.#enter(client));
    return () => {
      this.#send();
      clearTimeout(this.#timer);
      leave();
    };
  }

  /** An input method composes: the text field is not to be touched until it is done. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const update of held) this.note.merge(update);
  }

  #enter(client: Client): () => void {
    const channel = client.subscribe("uses-document:notes");
    this.#channel = channel;
    const own = ({ publisher }: Publication<unknown>): boolean =>
      publisher !== undefined && publisher.client === client.connection?.client;
    channel.onPublication((publication) => {
      this.#hear(publication);
      if (own(publication) && publication.offset - this.#stateAt >= stateEvery) this.#sendState();
    });
    channel.onStateChange(({ state, recovered, reason }) => {
      if (channel !== this.#channel) return;
      this.problem.set(state === "unsubscribed" ? reason : undefined);
      if (state !== "subscribed") return;
      if (recovered) this.#sendSoon();
      else void this.#readLog(channel);
    });
    return () => {
      this.#channel = undefined;
      void channel.unsubscribe();
    };
  }

  /** Reads the whole log, and finds out what of this window is not in it. */
  async #readLog(channel: Subscription<unknown>): Promise<void> {
    const logged = new Note();
    try {
      let since = undefined;
      for (;;) {
        const page = await channel.history({ limit: pageSize, since });
        for (const publication of page.publications) this.#hear(publication, logged);
        const last = page.publications.at(-1);
        if (last === undefined || last.offset >= page.position.offset) break;
        since = { offset: last.offset, epoch: page.position.epoch };
      }
    } catch {
      // The line broke again: the next subscription reads it.
      return;
    }
    const lacked = this.note.lackedBy(logged);
    if (lacked !== undefined) this.#waiting = [...this.#waiting, lacked];
    this.ready.set(true);
    this.#send();
  }

  #hear({ data, offset }: Publication<unknown>, also?: Note): void {
    const fields = fieldsOf(data);
    const update = fromBase64(textOf(fields?.["update"]) ?? "");
    if (update === undefined || update.length === 0) return;
    if (fields?.["kind"] === "state") this.#stateAt = Math.max(this.#stateAt, offset);
    also?.merge(update);
    if (this.#held === undefined) this.note.merge(update);
    else this.#held.push(update);
  }

  #sendSoon(): void {
    this.#timer ??= setTimeout(() => this.#send(), gatherMs);
  }

  /** Sends all that waits as one update, if there is a line and nothing else is under way. */
  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const channel = this.#channel;
    const waiting = this.#waiting;
    if (waiting.length === 0) this.saved.set(!this.#sending);
    if (waiting.length === 0 || this.#sending || channel?.state !== "subscribed") return;
    this.#sending = true;
    this.#waiting = [];
    void this.#publish(channel, waiting);
  }

  async #publish(channel: Subscription<unknown>, updates: readonly Uint8Array[]): Promise<void> {
    const update = mergedUpdates(updates);
    try {
      await channel.publish({ kind: "edit", update: toBase64(update) });
    } catch (error) {
      if (error instanceof CallRefused && !error.temporary) this.problem.set(error.serverMessage);
      // Whether it arrived or not: it goes out again when the line is back.
      this.#waiting = [update, ...this.#waiting];
    }
    this.#sending = false;
    if (this.#channel?.state === "subscribed" && this.problem.value === undefined) this.#send();
  }

  #sendState(): void {
    const update = toBase64(this.note.state);
    // The hub takes no longer frame; then the log's edits have to do.
    if (update.length <= 48_000) {
      this.#channel?.publish({ kind: "state", update }).catch(() => undefined);
    }
  }
}
