/**
 * What a client that speaks Protobuf sends beside a connection which carries messages of the server alone. It knows the
 * message, and not how it is answered.
 */

import { faultOf } from "./frame-fault.ts";
import type { Payload } from "./payload.ts";
import { ProtobufDecoder } from "./protobuf-decoder.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { defineMessage } from "./schema.ts";

/** Commands for the connection that the node knows by the session. */
export interface EmulationRequest {
  readonly node: string;
  readonly session: string;
  /** A frame of commands; absent when it is empty. */
  readonly data?: Payload;
}

const schema = defineMessage<EmulationRequest>({
  node: { number: 1, kind: "string", always: true },
  session: { number: 2, kind: "string", always: true },
  data: { number: 3, kind: "payload" },
});

const decoder = /* @__PURE__ */ new ProtobufDecoder((bytes) => bytes);

/** The request that is `body` as a whole, or `undefined` when it is none. Never throws. */
export function decodeEmulationRequest(body: Uint8Array): EmulationRequest | undefined {
  try {
    // The schema is that of the message type.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return decoder.message(new ProtobufReader(body), schema) as unknown as EmulationRequest;
  } catch (error) {
    faultOf(error);
    return undefined;
  }
}
