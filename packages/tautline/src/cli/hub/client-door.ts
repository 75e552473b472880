/** A hub by its client protocol, as one of its clients: with that client's rights. */
import { setTimeout } from "node:timers/promises";

import type { Member, Publication } from "@tautline/client";
import { CallRefused, Client } from "@tautline/client";
import { WebSocket } from "@tautline/node";

import type { HistoryQuestion, HubDoor } from "./hub-door.ts";
import { serverSays } from "./server-says.ts";

/** The client's name in the server's statistics. */
const name = "tautline";

/** What a browser's WebSocket says of a connection that never came about, whyever (RFC 6455 §7.1.5). */
const abnormalClosure = 1006;

/** The Centrifuge protocol's code of a refusal after which the same may be asked again. */
const tooManyRequests = 111;

/** Long enough for some more, and rarer than refusals that end a connection (`maxRefusalsPerMinute`). */
const pauseMs = 1_000;

const nobodyThere = "no hub answers there. Is the server running, and is the address right?";

/**
 * Connects.
 *
 * @throws Error that says what to do, when the server is not there or says no
 */
export async function connectedClient(url: URL, token: string | undefined): Promise<Client> {
  const client = new Client(url, { webSocket: WebSocket, token, name });
  try {
    await new Promise<void>((resolve, reject) => {
      // An attempt that fails is followed by others, for which nobody at a prompt wants to wait.
      client.onStateChange(({ state, code, reason, failedAttempts }) => {
        if (state === "disconnected") reject(refusal(code, reason));
        else if (failedAttempts > 0 && code === abnormalClosure) reject(new Error(nobodyThere));
      });
      client.connect().then(resolve, reject);
    });
    return client;
  } catch (error) {
    await client.disconnect();
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot connect to ${url.origin}${url.pathname}: ${text}`, { cause: error });
  }
}

function refusal(code: number, reason: string): Error {
  const advice = code === 101 || code === 3500 ? ". Give a good token: --token-file" : "";
  return new Error(`${code} ${reason}${advice}`);
}

export class ClientDoor implements HubDoor {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Is held back by the server's limits on rates: a pipe may have more to say than a client may at once, and loses nothing. */
  async publish(channel: string, data: unknown): Promise<void> {
    while (!(await this.#isPublished(channel, data))) await setTimeout(pauseMs);
  }

  /** False when it has to be tried again later. */
  async #isPublished(channel: string, data: unknown): Promise<boolean> {
    const publishing = this.#client.publish(channel, data);
    return told(publishing.then(() => true, unlessTooMany));
  }

  async history(channel: string, question: HistoryQuestion): Promise<readonly object[]> {
    const { publications } = await told(this.#client.history(channel, question));
    return publications.map(publicationRow);
  }

  async presence(channel: string): Promise<readonly object[]> {
    return (await told(this.#client.presence(channel))).map(memberRow);
  }

  presenceStats(channel: string): Promise<object> {
    return told(this.#client.presenceStats(channel));
  }

  close(): Promise<void> {
    return this.#client.disconnect();
  }
}

/** @throws the error, when it is another one */
function unlessTooMany(error: unknown): false {
  if (error instanceof CallRefused && error.serverCode === tooManyRequests) return false;
  throw error;
}

/** A refusal in the server's own words, with its code. */
async function told<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof CallRefused)) throw error;
    const { serverCode, serverMessage } = error;
    throw new Error(serverSays(serverCode, serverMessage), { cause: error });
  }
}

/** As it is printed: what is not there is left out. */
export function publicationRow(publication: Publication<unknown>): object {
  const { channel, data, publisher, offset, tags, time } = publication;
  return {
    channel,
    data,
    ...(offset > 0 && { offset }),
    ...(publisher !== undefined && { publisher: memberRow(publisher) }),
    ...(tags.size > 0 && { tags: Object.fromEntries(tags) }),
    ...(time !== undefined && { time }),
  };
}

export function memberRow({ client, user, info, channelInfo }: Member): object {
  return { client, user, info, channelInfo };
}
