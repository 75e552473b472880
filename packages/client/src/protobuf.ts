/**
 * The door of `@tautline/client/protobuf`: the protocol's binary format, apart from the client so that pages which do not
 * need it do not load it.
 */

import type { Codec, Payload, Publication } from "@tautline/wire";
import {
  applyBinaryDelta,
  createProtobufCodec,
  jsonOf,
  payloadBytes,
  replyLimits,
} from "@tautline/wire";
import type { WebSocketConstructor, WebSocketLike } from "./websocket-link.ts";
import type { DeltaDecoder, WireFormat } from "./wire-format.ts";

export type { DeltaDecoder, WireFormat } from "./wire-format.ts";

/** How `protobuf` is set up. */
export interface ProtobufOptions {
  /**
   * What the application gets of data that arrives. `"json"`: the value of what holds JSON, bytes of what does not; for
   * those who share channels with clients that speak JSON. `"bytes"`: bytes always. Default: `"json"`.
   */
  readonly data?: "json" | "bytes" | undefined;
}

/**
 * The Protobuf format, for the option `format`. A `Uint8Array` is sent as the bytes it is, everything else as JSON. It goes
 * over WebSocket.
 */
export function protobuf({ data = "json" }: ProtobufOptions = {}): WireFormat {
  const read = data === "json" ? jsonOrBytes : (bytes: Uint8Array): Payload => bytes;
  const codec: Codec = createProtobufCodec(read);
  return {
    codec,
    createDeltaDecoder: () => new BinaryDeltaDecoder(read),
    webSocket: (given) => {
      const webSocket = given ?? globals.WebSocket;
      return webSocket && speaking(webSocket);
    },
  };
}

/** The globals that may be missing. */
const globals: { readonly WebSocket?: WebSocketConstructor } = globalThis;

/** A class that asks for the format by its subprotocol, and takes bytes as they are. */
function speaking(webSocket: WebSocketConstructor): WebSocketConstructor {
  function open(url: string): WebSocketLike {
    const socket = new webSocket(url, "centrifuge-protobuf");
    socket.binaryType = "arraybuffer";
    return socket;
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a function that gives an object constructs it
  return open as unknown as WebSocketConstructor;
}

function jsonOrBytes(bytes: Uint8Array): Payload {
  return jsonOf(bytes) ?? bytes;
}

/** In Protobuf a delta is bytes, against the bytes of the publication before. It remembers those and nothing else. */
class BinaryDeltaDecoder implements DeltaDecoder {
  readonly #read: (bytes: Uint8Array) => Payload;
  #base: Uint8Array = new Uint8Array(0);

  constructor(read: (bytes: Uint8Array) => Payload) {
    this.#read = read;
  }

  decode({ delta, data = this.#base, ...rest }: Publication): Publication {
    const sent = payloadBytes(data);
    this.#base =
      delta === true ? applyBinaryDelta(this.#base, sent, replyLimits.maxFrameBytes) : sent;
    return { ...rest, data: this.#read(this.#base) };
  }
}
