/** The addresses of the transports over plain HTTP: what each is called, takes and speaks. */
import type { Codec } from "@tautline/wire";
import { jsonCodec, protobufCodec } from "@tautline/wire";

import type { StreamFormat } from "./stream-format.ts";
import { byteStream, eventStream, lineStream } from "./stream-format.ts";
import { unidirectionalCodec } from "./unidirectional-codec.ts";

/** The content type of Protobuf, in requests and answers; everything else is JSON. */
export const protobufType = "application/octet-stream";

interface EndpointBase {
  readonly methods: readonly ("GET" | "POST")[];
}

/** How messages are written, and how they stand in the body. */
export interface StreamSpeech {
  readonly codec: Codec;
  readonly format: StreamFormat;
}

/** A response without end. */
export interface StreamEndpoint extends EndpointBase {
  readonly kind: "stream";
  /** The name of the transport, as the protocol's clients know it. */
  readonly transport: string;
  readonly json: StreamSpeech;
  /** Absent where the transport has text alone. */
  readonly protobuf?: StreamSpeech;
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
      json: { codec: jsonCodec, format: lineStream },
      protobuf: { codec: protobufCodec, format: byteStream },
      unidirectional: false,
    },
  ],
  [
    "/connection/sse",
    {
      kind: "stream",
      transport: "sse",
      methods: ["GET", "POST"],
      json: { codec: jsonCodec, format: eventStream },
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
      json: { codec: unidirectionalCodec, format: eventStream },
      unidirectional: true,
    },
  ],
  [
    "/connection/uni_http_stream",
    {
      kind: "stream",
      transport: "uni_http_stream",
      methods: ["POST"],
      json: { codec: unidirectionalCodec, format: lineStream },
      unidirectional: true,
    },
  ],
]);
