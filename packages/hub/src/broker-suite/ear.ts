/** A hub's ear that writes down what a broker tells it, and short words for what the cases send. */

import type { ClientInfo } from "@tautline/wire";
import { encodePayload, jsonOf } from "@tautline/wire";
import type { Broker, BrokerEvents, BrokerPublication, Position } from "../ports/broker.ts";
import type { BrokerWorld } from "./broker-world.ts";

/** What a broker told a hub, in order. */
export type HeardEvent = readonly [kind: "pub" | "join" | "leave", channel: string, what: string];

export class Ear implements BrokerEvents {
  readonly events: HeardEvent[] = [];
  readonly positions: (Position | undefined)[] = [];
  readonly offsets: (number | undefined)[] = [];
  readonly messages: string[] = [];
  /** How often events may have been missed. */
  resumptions = 0;
  readonly exceptions: (readonly string[] | undefined)[] = [];

  publication(
    channel: string,
    publication: BrokerPublication,
    position: Position | undefined,
  ): void {
    this.events.push(["pub", channel, textOf(publication)]);
    this.positions.push(position);
    this.offsets.push(publication.offset);
    this.exceptions.push(publication.except);
  }

  join(channel: string, { client }: ClientInfo): void {
    this.events.push(["join", channel, client]);
  }

  leave(channel: string, { client }: ClientInfo): void {
    this.events.push(["leave", channel, client]);
  }

  resumed(): void {
    this.resumptions += 1;
  }

  told(message: string): void {
    this.messages.push(message);
  }

  /** What was told of each event, without kind and channel. */
  get heard(): readonly string[] {
    return this.events.map(([, , what]) => what);
  }
}

export const publication = (value: unknown): BrokerPublication => ({ data: encodePayload(value) });

export const member = (client: string, user = ""): ClientInfo => ({ user, client });

/** A broker that was started, what it tells, and the name of its hub. */
export interface Started {
  readonly broker: Broker;
  readonly ear: Ear;
  readonly node: string;
}

let nodes = 0;

export async function startBroker(world: BrokerWorld): Promise<Started> {
  const broker = await world.make();
  const ear = new Ear();
  const node = `node-${(nodes += 1)}`;
  await broker.start(ear, node);
  return { broker, ear, node };
}

/** Says something to another hub, or to all. */
export async function tell(from: Started, message: string, node?: string): Promise<void> {
  if (from.broker.tell === undefined) throw new Error("The broker does not let hubs meet");
  await from.broker.tell(message, node);
}

/** Two of them, in the same engine. */
export async function startPair(world: BrokerWorld): Promise<readonly [Started, Started]> {
  return [await startBroker(world), await startBroker(world)];
}

/** The data of publications, as the numbers and texts that they are. */
export const dataOf = (publications: readonly BrokerPublication[]): readonly string[] =>
  publications.map(textOf);

/** The data of a publication as text; "" for bytes that are none. */
export function textOf({ data }: BrokerPublication): string {
  return (data === undefined ? undefined : jsonOf(data)) ?? "";
}
