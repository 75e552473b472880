/**
 * The port between a client and the format that it speaks. JSON is built in, so that pages which need nothing else load
 * nothing else; Protobuf has a door of its own.
 */

import type { Codec, Publication } from "@tautline/wire";
import { jsonTextCodec } from "@tautline/wire";
import { JsonDeltaDecoder } from "./json-delta-decoder.ts";
import type { WebSocketConstructor } from "./websocket-link.ts";

/** Makes whole publications of one subscription again, of differences to the one before. */
export interface DeltaDecoder {
  /**
   * The publication with its own data.
   *
   * @throws Error of some kind when the data is no delta to what came before.
   */
  decode(publication: Publication): Publication;
}

/** What the option `format` takes: one of the protocol's formats. Opaque to applications. */
export interface WireFormat {
  readonly codec: Codec;
  createDeltaDecoder(): DeltaDecoder;
  /** The WebSocket class to use in the place of `given`, or of the global one. */
  readonly webSocket?: (
    given: WebSocketConstructor | undefined,
  ) => WebSocketConstructor | undefined;
}

export const jsonFormat: WireFormat = {
  codec: jsonTextCodec,
  createDeltaDecoder: () => new JsonDeltaDecoder(),
};
