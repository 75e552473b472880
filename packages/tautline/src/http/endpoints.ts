/** The addresses of the transports over plain HTTP: what each is called, takes and speaks. */
import type { Codec } from "@tautline/wire";
import { jsonCodec } from "@tautline/wire";

import type { StreamFormat } from "./stream-format.ts";
import { eventStream, lineStream } from "./stream-format.ts";
import { unidirectionalCodec } from "./unidirectional-codec.ts";

interface EndpointBase {
  readonly methods: readonly ("GET" | "POST")[];
}

/** A response without end. */
export interface StreamEndpoint extends EndpointBase {
  readonly kind: "stream";
  /** The name of the transport, as the protocol's clients know it. */
  readonly transport: string;
  readonly format: StreamFormat;
  readonly codec: Codec;
  readonly unidirectional: boolean;
}

/** One poll after the other. */
export interface PollEndpoint extends EndpointBase {
  readonly kind: "poll";
}

/** Where commands are sent to that cannot come over the connection itself. */
export interface EmulationEndpoint extends EndpointBase {
  readonly kind: "emulation";
}

export type Endpoint = StreamEndpoint | PollEndpoint | EmulationEndpoint;

/** By path, behind the prefix. */
export const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  [
    "/connection/http_stream",
    {
      kind: "stream",
      transport: "http_stream",
      methods: ["POST"],
      format: lineStream,
      codec: jsonCodec,
      unidirectional: false,
    },
  ],
  [
    "/connection/sse",
    {
      kind: "stream",
      transport: "sse",
      methods: ["GET", "POST"],
      format: eventStream,
      codec: jsonCodec,
      unidirectional: false,
    },
  ],
  ["/connection/http_poll", { kind: "poll", methods: ["POST"] }],
  ["/emulation", { kind: "emulation", methods: ["POST"] }],
  [
    "/connection/uni_sse",
    {
      kind: "stream",
      transport: "uni_sse",
      methods: ["GET", "POST"],
      format: eventStream,
      codec: unidirectionalCodec,
      unidirectional: true,
    },
  ],
  [
    "/connection/uni_http_stream",
    {
      kind: "stream",
      transport: "uni_http_stream",
      methods: ["POST"],
      format: lineStream,
      codec: unidirectionalCodec,
      unidirectional: true,
    },
  ],
]);
