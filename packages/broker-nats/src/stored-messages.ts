/**
 * Reads what a stream holds under some subjects, oldest first: a short-lived consumer that the server fills at once. Only
 * so many at a time; the others wait.
 */

import { AckPolicy, DeliverPolicy, ReplayPolicy } from "@nats-io/jetstream";
import { createInbox } from "@nats-io/transport-node";
import type { Msg } from "@nats-io/transport-node";
import type { JetStream, NatsLink } from "./nats-link.ts";

/** A message as it stands in a stream. */
export interface StoredMessage {
  readonly seq: number;
  readonly subject: string;
  readonly text: string;
}

export interface MessageQuery {
  readonly stream: string;
  /** The subject, which may have wildcards. */
  readonly filter: string;
  /** Only those that come after this one. */
  readonly after?: number | undefined;
}

/** Consumers at once. */
const maxReads = 32;

/** The server forgets a consumer that nobody listens to, in nanoseconds. */
const idleNs = 5e9;

export class StoredMessages {
  readonly #link: NatsLink;
  readonly #waiting: (() => void)[] = [];
  #reads = 0;

  constructor(link: NatsLink) {
    this.#link = link;
  }

  /** All that are there now; perhaps some that are newer. */
  async read(query: MessageQuery): Promise<readonly StoredMessage[]> {
    if (this.#reads === maxReads) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    } else this.#reads += 1;
    try {
      return await this.#read(query);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#reads -= 1;
      else next();
    }
  }

  async #read(query: MessageQuery): Promise<readonly StoredMessage[]> {
    const inbox = createInbox();
    const messages: StoredMessage[] = [];
    const complete = new Completion();
    const subscription = await this.#link.ask(async (connection) =>
      connection.subscribe(inbox, {
        callback: (_, message) => {
          const { seq, pending } = placeOf(message);
          messages.push({ seq, subject: message.subject, text: message.string() });
          if (pending === 0) complete.reach();
        },
      }),
    );
    try {
      const name = await this.#link.askJetStream(async (jetStream) => {
        const info = await addConsumer(jetStream, query, inbox);
        if (info.num_pending + info.delivered.consumer_seq > 0) await complete.reached;
        return info.name;
      });
      this.#forget(query.stream, name);
    } finally {
      subscription.unsubscribe();
    }
    return messages;
  }

  /** It would be forgotten in a while anyway. */
  #forget(stream: string, name: string): void {
    this.#link
      .askJetStream(({ manager }) => manager.consumers.delete(stream, name))
      .catch(() => undefined);
  }
}

/** Resolves once it is reached. */
class Completion {
  readonly reached: Promise<void>;
  #resolve: (() => void) | undefined;

  constructor() {
    this.reached = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
  }

  reach(): void {
    this.#resolve?.();
  }
}

function addConsumer({ manager }: JetStream, query: MessageQuery, inbox: string) {
  const { stream, filter, after } = query;
  return manager.consumers.add(stream, {
    deliver_subject: inbox,
    ack_policy: AckPolicy.None,
    replay_policy: ReplayPolicy.Instant,
    filter_subject: filter,
    mem_storage: true,
    max_deliver: 1,
    inactive_threshold: idleNs,
    num_replicas: 1,
    ...(after === undefined
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }),
  });
}

/** What the subject for acknowledgements says: `$JS.ACK.<stream>.<consumer>.<deliveries>.<seq>.<n>.<time>.<pending>`. */
function placeOf({ reply = "" }: Msg): { readonly seq: number; readonly pending: number } {
  const tokens = reply.split(".");
  // With a domain and an account's hash there are more before the stream; the last is a random one then.
  const first = tokens.length >= 11 ? 7 : 5;
  return { seq: Number(tokens[first]), pending: Number(tokens[first + 3]) };
}
