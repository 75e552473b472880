/**
 * What the official client can be made of, transport by format, and what has to be known to write a test for all of them:
 * how to dial, how data is written, and how many frames have been sent.
 */

import { EventEmitter, once } from "node:events";
import type { Centrifuge, Options, TransportName } from "centrifuge";
import { WebSocket } from "ws";
import type { Format } from "@tautline/wire";
import type { Place } from "../transports/world.ts";
import { dial } from "../transports/world.ts";

/** In the order in which clients fall back. */
export const transports: readonly TransportName[] = ["websocket", "http_stream", "sse"];

export interface Row {
  readonly transport: TransportName;
  readonly format: Format;
  /** How many publications are under way when the server is killed in their middle. */
  readonly publications: number;
  /** Why there is no such client. A test proves that there is none. */
  readonly impossible?: string;
}

/** Every transport that the official client has on Node.js, in every format. */
export const rows: readonly Row[] = [
  { transport: "websocket", format: "json", publications: 10_000 },
  { transport: "websocket", format: "protobuf", publications: 10_000 },
  { transport: "http_stream", format: "json", publications: 10_000 },
  { transport: "http_stream", format: "protobuf", publications: 10_000 },
  { transport: "sse", format: "json", publications: 10_000 },
  {
    transport: "sse",
    format: "protobuf",
    publications: 0,
    impossible: "an event stream is text, and the protocol has no Protobuf in it",
  },
];

/** An official client, and what leaves it. */
export interface Dialled {
  readonly client: Centrifuge;
  /** Frames with commands that it has sent: messages of a WebSocket, or requests to the emulation endpoint. */
  readonly frames: number;
  /** Resolves when it has sent so many. */
  sent(frames: number): Promise<void>;
}

export class Combination {
  readonly row: Row;

  constructor(row: Row) {
    this.row = row;
  }

  /** A client that has this transport alone. */
  dial(place: Place, options: Partial<Options> = {}): Centrifuge {
    const { transport, format } = this.row;
    return dial(place, [transport], { format, ...options });
  }

  /** The same, with an eye on its frames. */
  dialCounted(place: Place, options: Partial<Options> = {}): Dialled {
    const heard = new EventEmitter();
    const seen = { frames: 0 };
    const count = (): void => {
      seen.frames += 1;
      heard.emit("frame");
    };
    class CountedSocket extends WebSocket {
      override send(data: Parameters<WebSocket["send"]>[0]): void {
        count();
        super.send(data);
      }
    }
    const countedFetch: typeof fetch = (input, init) => {
      if (typeof input === "string" && input.endsWith("/emulation")) count();
      return fetch(input, init);
    };
    const client = this.dial(place, { websocket: CountedSocket, fetch: countedFetch, ...options });
    return {
      client,
      get frames() {
        return seen.frames;
      },
      async sent(least) {
        while (seen.frames < least) await once(heard, "frame");
      },
    };
  }

  /** A value as the client wants to be given it: in Protobuf, data is bytes. */
  data(value: unknown): unknown {
    return this.row.format === "json" ? value : new TextEncoder().encode(JSON.stringify(value));
  }

  /** What the client was given, as a value. */
  value(data: unknown): unknown {
    return data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data;
  }
}

/** Something that holds for the official client, whatever it is made of. */
export type Behaviour = (combination: Combination) => Promise<void>;

/** By what they say, as in `connects with data`. */
export type Behaviours = Readonly<Record<string, Behaviour>>;

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

/** Data that is mostly the same each time, as the state of a thing is. */
export const state = (n: number) => ({
  n,
  name: "a thing with a long name, über and 🎉",
  parts: [1, 2, n],
});
