/** What people do, in numbers: three uses that stress different parts of a deployment. */

export interface Workload {
  readonly name: string;
  /** In words, for the page. */
  readonly text: string;
  /** Channels that each connection is subscribed to. */
  readonly subscriptions: number;
  readonly payloadBytes: number;
  /** Whether channels keep a log. */
  readonly history: boolean;
  /** Publications per second, all together. */
  readonly publications: (connections: number) => number;
  /** Subscribers of a channel. */
  readonly fanout: (connections: number) => number;
}

const roomSize = 50;
const instruments = 2000;
const watched = 20;

export const workloads: readonly Workload[] = [
  {
    name: "chat",
    text: "rooms of 50; everybody is in one and writes 200 bytes once a minute; with history",
    subscriptions: 1,
    payloadBytes: 200,
    history: true,
    publications: (connections) => connections / 60,
    fanout: () => roomSize,
  },
  {
    name: "notifications",
    text: "a channel for each user, who gets 300 bytes every five minutes; with history",
    subscriptions: 1,
    payloadBytes: 300,
    history: true,
    publications: (connections) => connections / 300,
    fanout: () => 1,
  },
  {
    name: "quotes",
    text: "2,000 instruments, each with a price of 100 bytes every two seconds; everybody watches 20; no history",
    subscriptions: watched,
    payloadBytes: 100,
    history: false,
    publications: () => instruments / 2,
    fanout: (connections) => (connections * watched) / instruments,
  },
];

export const sizes: readonly number[] = [100_000, 1_000_000, 10_000_000];
