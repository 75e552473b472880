/**
 * The seam between messages and bytes. A codec turns the messages of a connection into frames and back; hub and client
 * hold one per connection and never look inside a frame. JSON and Protobuf are its implementations.
 */

import type { Command } from "./command.ts";
import type { DecodeLimits } from "./limits.ts";
import type { Reply } from "./reply.ts";

/** What was found in a frame: the messages in order up to the first fault. */
export interface Decoded<Message> {
  readonly messages: readonly Message[];
  /** Present when the frame is malformed or too big; the messages before the fault are good. */
  readonly fault?: DecodeFault;
}

/** Why a frame, or the rest of it, was refused. A server answers with the disconnect `badRequest`. */
export interface DecodeFault {
  /** `malformed` breaks the grammar, `type` has a value of another type than the field's, `limit` is too big. */
  readonly kind: "malformed" | "type" | "limit";
  /** For logs: what and where, without the content. */
  readonly detail: string;
}

/** The formats of the protocol. */
export type Format = "json" | "protobuf";

/** One format of the protocol. Frames of text formats are strings, of binary ones bytes. */
export interface Codec<Frame extends string | Uint8Array = string | Uint8Array> {
  readonly name: Format;
  /** The commands of a frame from a client. Never throws; a frame without any command is malformed. */
  decodeCommands(frame: string | Uint8Array, limits: DecodeLimits): Decoded<Command>;
  /** The replies of a frame from a server. Never throws. */
  decodeReplies(frame: string | Uint8Array, limits: DecodeLimits): Decoded<Reply>;
  /** @throws PayloadMismatch for bytes that this format cannot carry. */
  encodeCommand(command: Command): Frame;
  /** @throws PayloadMismatch for bytes that this format cannot carry. */
  encodeReply(reply: Reply): Frame;
  /** One frame of several encoded messages, in order. At least one. */
  join(messages: readonly Frame[]): Frame;
}
