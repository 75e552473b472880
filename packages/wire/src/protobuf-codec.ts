/**
 * The Protobuf format: each message stands behind its length, several messages in a frame follow each other. It splits
 * frames, applies the limits of a frame, and turns faults into results.
 */

import type { Codec, DecodeFault, Decoded } from "./codec.ts";
import type { Command } from "./command.ts";
import { commandSchema } from "./command.ts";
import { faultOf } from "./frame-fault.ts";
import type { DecodeLimits } from "./limits.ts";
import type { PayloadReader } from "./protobuf-decoder.ts";
import { ProtobufDecoder } from "./protobuf-decoder.ts";
import { encodeDelimited } from "./protobuf-encoder.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import type { Reply } from "./reply.ts";
import { replySchema } from "./reply.ts";
import type { MessageSchema } from "./schema.ts";

/** The codec of connections that speak Protobuf. Payloads that arrive are bytes. */
export const protobufCodec: Codec<Uint8Array> = /* @__PURE__ */ createProtobufCodec(
  (bytes) => bytes,
);

/** The same with a say in what becomes of payloads that arrive. */
export function createProtobufCodec(readPayload: PayloadReader): Codec<Uint8Array> {
  const decoder = new ProtobufDecoder(readPayload);
  return {
    name: "protobuf",
    decodeCommands(frame: string | Uint8Array, limits: DecodeLimits): Decoded<Command> {
      return decodeFrame<Command>(frame, { decoder, schema: commandSchema, limits });
    },
    decodeReplies(frame: string | Uint8Array, limits: DecodeLimits): Decoded<Reply> {
      return decodeFrame<Reply>(frame, { decoder, schema: replySchema, limits });
    },
    encodeCommand(command: Command): Uint8Array {
      return encodeDelimited(command, commandSchema);
    },
    encodeReply(reply: Reply): Uint8Array {
      return encodeDelimited(reply, replySchema);
    },
    join,
  };
}

function join(messages: readonly Uint8Array[]): Uint8Array {
  const frame = new Uint8Array(messages.reduce((length, message) => length + message.length, 0));
  let at = 0;
  for (const message of messages) {
    frame.set(message, at);
    at += message.length;
  }
  return frame;
}

interface FrameForm {
  readonly decoder: ProtobufDecoder;
  readonly schema: MessageSchema;
  readonly limits: DecodeLimits;
}

function decodeFrame<Message>(
  frame: string | Uint8Array,
  { decoder, schema, limits }: FrameForm,
): Decoded<Message> {
  const messages: Message[] = [];
  const refuse = (kind: DecodeFault["kind"], detail: string): Decoded<Message> => ({
    messages,
    fault: { kind, detail },
  });
  if (typeof frame === "string") return refuse("type", "a text frame on a Protobuf connection");
  if (frame.length === 0) return refuse("malformed", "a frame without a message");
  if (frame.length > limits.maxFrameBytes) {
    return refuse("limit", `a frame of more than ${limits.maxFrameBytes} bytes`);
  }
  const reader = new ProtobufReader(frame);
  while (!reader.done) {
    if (messages.length === limits.maxMessagesPerFrame) {
      return refuse("limit", `more than ${limits.maxMessagesPerFrame} messages in a frame`);
    }
    try {
      const outer = reader.enter();
      // The schema is that of the message type: the codec above pairs them.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      messages.push(decoder.message(reader, schema) as Message);
      reader.leave(outer);
    } catch (error) {
      return { messages, fault: faultOf(error) };
    }
  }
  return { messages };
}
