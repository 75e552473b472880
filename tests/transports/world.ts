/** Servers and official clients of them over any transport, all gone when the test is over. */
import type { Options, TransportName } from "centrifuge";
import { Centrifuge } from "centrifuge";
import { Centrifuge as ProtobufCentrifuge } from "centrifuge/build/protobuf";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

import type { Format } from "@tautline/wire";
import type { ServeOptions, TautlineServer } from "tautline";
import { serve } from "tautline";

import { TestEventSource } from "./event-source.ts";

/** A whole server on a free port. */
export async function startServer(options: ServeOptions = {}): Promise<TautlineServer> {
  const server = await serve({
    port: 0,
    page: false,
    demos: false,
    drainTimeoutMs: 1000,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

/** Where a server, or a proxy before it, is: `http://…`. */
export interface Place {
  readonly url: string;
}

/** By IPv4, where servers of tests listen. */
export function addressOf({ url }: Place, path: string): string {
  return `${url.replace("localhost", "127.0.0.1")}${path}`;
}

/** An official client that tries `transports` in this order, and is quick to come back. */
export function dial(
  place: Place,
  transports: readonly TransportName[],
  options: Partial<Options> & { readonly emulation?: Place; readonly format?: Format } = {},
): Centrifuge {
  const { emulation = place, format = "json", ...others } = options;
  // The same class, declared a second time.
  const Client =
    format === "json" ? Centrifuge : (ProtobufCentrifuge as unknown as typeof Centrifuge);
  const client = new Client(
    transports.map((transport) => ({
      transport,
      endpoint: addressOf(place, `/connection/${transport}`).replace(
        /^http/u,
        transport === "websocket" ? "ws" : "http",
      ),
    })),
    {
      emulationEndpoint: addressOf(emulation, "/emulation"),
      websocket: WebSocket,
      eventsource: TestEventSource,
      minReconnectDelay: 1,
      maxReconnectDelay: 10,
      ...others,
    },
  );
  onTestFinished(() => client.disconnect());
  client.connect();
  return client;
}
