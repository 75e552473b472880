/**
 * The Protobuf codec of the official JavaScript client, which protobufjs has made of the protocol's schema: a witness that
 * knows nothing of ours.
 */

import { Centrifuge } from "centrifuge/build/protobuf";

export interface OfficialCodec {
  /** Fields by the schema's names, as protobufjs has it: in camel case, maps as objects, 64-bit numbers as numbers. */
  encodeCommands(commands: readonly object[]): Uint8Array;
  encodeReplies(replies: readonly object[]): Uint8Array;
  decodeCommands(frame: Uint8Array): object[];
  decodeReplies(frame: Uint8Array): object[];
}

const client = new Centrifuge("ws://localhost", { websocket: () => undefined });

// No door leads to it: it is the client's own.
export const officialCodec = (client as unknown as { readonly _codec: OfficialCodec })._codec;
