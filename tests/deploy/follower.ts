/**
 * A client that follows one channel over one transport, and writes down what it heard and why it had to come back. Which
 * library it is of, whoever looks at what it heard need not know.
 */
import { Client } from "@tautline/client";
import type { TransportName } from "@tautline/client/fallback";
import { fallback } from "@tautline/client/fallback";
import { Centrifuge } from "centrifuge";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

import { TestEventSource } from "../transports/event-source.ts";

export interface Follower {
  /** What it is, for people. */
  readonly name: string;
  /** Whether its transport always has an answer open: who polls may just not be asking when there is something to tell. */
  readonly listens: boolean;
  readonly heard: unknown[];
  /** Of each time it came back: whether it got all it had missed. */
  readonly recoveries: boolean[];
  /** The codes with which it had to come back. */
  readonly reasons: number[];
  /** Tries it once. @throws as a rejection what the library does when it was not acknowledged */
  publish(data: unknown): Promise<unknown>;
  memberCount(): Promise<number>;
}

/** Connects it and subscribes it; resolves when it is. It ends with the test. */
export type Follow = (url: string, channel: string) => Promise<Follower>;

const quick = { first: 10, longest: 200 };

const place = (url: string, path: string): string => url.replace("localhost", "127.0.0.1") + path;

/** One of the official library. */
function official(transport: "websocket" | "http_stream" | "sse"): Follow {
  return async (url, channel) => {
    const endpoint = place(url, `/connection/${transport}`);
    const client = new Centrifuge(
      [
        {
          transport,
          endpoint: transport === "websocket" ? endpoint.replace("http", "ws") : endpoint,
        },
      ],
      {
        emulationEndpoint: place(url, "/emulation"),
        websocket: WebSocket,
        eventsource: TestEventSource,
        minReconnectDelay: quick.first,
        maxReconnectDelay: quick.longest,
      },
    );
    onTestFinished(() => client.disconnect());
    const subscription = client.newSubscription(channel);
    const follower: Follower = {
      name: `the official client over ${transport}`,
      listens: true,
      heard: [],
      recoveries: [],
      reasons: [],
      publish: (data) => client.publish(channel, data),
      memberCount: async () => (await subscription.presenceStats()).numClients,
    };
    subscription.on("publication", ({ data }) => follower.heard.push(data));
    subscription.on("subscribed", ({ wasRecovering, recovered }) => {
      if (wasRecovering) follower.recoveries.push(recovered);
    });
    subscription.subscribe();
    client.connect();
    await subscription.ready();
    client.on("connecting", ({ code }) => follower.reasons.push(code));
    return follower;
  };
}

/** One of our own library. */
function own(transport: TransportName): Follow {
  return async (url, channel) => {
    const client = new Client(place(url, "/connection/websocket").replace("http", "ws"), {
      webSocket: WebSocket,
      reconnectDelayMs: quick.first,
      maxReconnectDelayMs: quick.longest,
      transport: fallback({
        transports: [transport],
        answerTimeoutMs: 15_000,
        eventSource: TestEventSource,
      }),
    });
    onTestFinished(() => client.disconnect());
    const subscription = client.subscribe(channel);
    const follower: Follower = {
      name: `our client over ${transport}`,
      listens: transport !== "http_poll",
      heard: [],
      recoveries: [],
      reasons: [],
      publish: (data) => client.publish(channel, data),
      memberCount: async () => (await subscription.presenceStats()).clients,
    };
    subscription.onPublication(({ data }) => follower.heard.push(data));
    subscription.onStateChange(({ state, wasRecovering, recovered }) => {
      if (state === "subscribed" && wasRecovering) follower.recoveries.push(recovered);
    });
    await client.connect();
    await subscription.ready();
    client.onStateChange(({ state, code }) => {
      if (state === "connecting") follower.reasons.push(code);
    });
    return follower;
  };
}

export const followers = {
  "official-websocket": official("websocket"),
  "official-stream": official("http_stream"),
  "official-events": official("sse"),
  "own-stream": own("http_stream"),
  "own-events": own("sse"),
  "own-polling": own("http_poll"),
} as const satisfies Readonly<Record<string, Follow>>;

/** Those that do without a WebSocket. */
export const fallbackFollowers: readonly Follow[] = [
  followers["official-stream"],
  followers["official-events"],
  followers["own-stream"],
  followers["own-events"],
  followers["own-polling"],
];
