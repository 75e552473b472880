/**
 * Cases with hubs: a channel over each broker, and what the parts of a deployment cost, which the plan of
 * `docs/explanation/scaling.md` is made of.
 */
import type { Case } from "./case.ts";
import type { BrokerName, HubTerms } from "./company.ts";

/** Commands of the Centrifuge protocol: a connection and a subscription, whose answer carries the id 2. */
export const subscribe = '{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"bench"}}';

const everyBroker: readonly BrokerName[] = ["memory", "redis", "nats"];
const engines: readonly BrokerName[] = ["redis", "nats"];

const subscriber = { hello: subscribe, welcome: '"id":2', pong: 1 } as const;

const fanout = {
  mode: "fanout",
  bytes: 100,
  kind: "ascii",
  publisherPath: "/publish",
  ...subscriber,
} as const;

const logSize = 100;
const logText = ["no history", `a history of ${logSize}`] as const;

function kept(historySize: number): string {
  return historySize > 0 ? logText[1] : logText[0];
}

function brokerCase(historySize: number, depth: number): Case {
  return {
    id: `brokers-${historySize > 0 ? "log" : "live"}-${depth}`,
    group: "brokers",
    title: `publication of 100 B to 1000 subscribers on another node, ${kept(historySize)}, ${depth} outstanding`,
    unit: "µs/delivery",
    service: "brokers",
    load: { ...fanout, connections: 1000, depth },
    hub: { over: everyBroker, historySize, measured: "receiver" },
    equalLoad: false,
    quick: depth > 1,
    maxRounds: 3,
  };
}

interface CostRow {
  readonly id: string;
  readonly title: string;
  readonly unit: Case["unit"];
  readonly load: Case["load"];
  readonly hub: HubTerms;
}

function costCase({ id, ...rest }: CostRow): Case {
  const fixed = { group: "costs", service: "brokers", equalLoad: false, maxRounds: 2 } as const;
  return { id: `costs-${id}`, ...rest, ...fixed, quick: false };
}

/** What one publication costs one of the processes that it passes, with one subscriber at the end. */
function passage(historySize: number, measured: HubTerms["measured"]): Case {
  const what = { receiver: "receiving", publisher: "publishing", engine: "carrying" };
  return costCase({
    id: `${what[measured]}-${historySize > 0 ? "log" : "live"}`,
    title: `${what[measured]} a publication of 100 B, ${kept(historySize)}`,
    unit: "µs/publication",
    load: { ...fanout, connections: 1, depth: 8 },
    hub: { over: measured === "receiver" ? everyBroker : engines, historySize, measured },
  });
}

const manyListeners = 20;
const manySubscriptions = 20;

/** A greeting with subscriptions to so many channels, and the last answer to it. */
function subscribedTo(count: number): Pick<Case["load"], "hello" | "welcome"> {
  const commands = Array.from({ length: count }, (_, index) => {
    return `{"id":${index + 2},"subscribe":{"channel":"c${index}"}}`;
  });
  return {
    hello: ['{"id":1,"connect":{}}', ...commands].join("\n"),
    welcome: `"id":${count + 1}`,
  };
}

const alone = { over: ["memory"], historySize: 0, measured: "receiver" } as const;
const idle = { mode: "idle", ...subscriber, sources: 64 } as const;

/** The time between pings of `costs-ping`, in milliseconds. */
export const shortPingMs = 2000;

export const hubCases: readonly Case[] = [
  ...[0, logSize].flatMap((size) => [brokerCase(size, 1), brokerCase(size, 8)]),
  costCase({
    id: "memory",
    title: "memory per connection with a subscription",
    unit: "bytes/connection",
    load: { ...idle, connections: 10_000, hold: 1, collect: 1 },
    hub: alone,
  }),
  costCase({
    id: "memory-20",
    title: `memory per connection with ${manySubscriptions} subscriptions`,
    unit: "bytes/connection",
    load: { ...idle, ...subscribedTo(manySubscriptions), connections: 5000, hold: 1, collect: 1 },
    hub: alone,
  }),
  costCase({
    id: "ping",
    title: "a ping of the hub and its answer",
    unit: "µs/ping",
    load: { ...idle, connections: 2000, hold: 4 },
    hub: { ...alone, pingIntervalMs: shortPingMs },
  }),
  costCase({
    id: "connect",
    title: "connect, subscribe, close",
    unit: "µs/connection",
    load: { mode: "connect", connections: 32, ...subscriber, sources: 64 },
    hub: alone,
  }),
  ...(["receiver", "publisher", "engine"] as const).flatMap((measured) => [
    passage(0, measured),
    passage(logSize, measured),
  ]),
  costCase({
    id: "copies",
    title: `carrying a publication of 100 B to ${manyListeners + 1} servers, ${kept(0)}`,
    unit: "µs/publication",
    load: { ...fanout, connections: 1, depth: 8 },
    hub: { over: engines, historySize: 0, measured: "engine", listeners: manyListeners },
  }),
];
