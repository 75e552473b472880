/**
 * The JSON format: a message is one line, several messages in a frame are separated by a line feed, and one more line
 * feed at the end does no harm. It splits frames, applies the limits of a frame, and turns faults into results.
 */

import type { Codec, DecodeFault, Decoded } from "./codec.ts";
import type { Command } from "./command.ts";
import { commandSchema } from "./command.ts";
import { faultOf } from "./frame-fault.ts";
import { decodeMessage } from "./json-decoder.ts";
import type { TextOf } from "./json-encoder.ts";
import { encodeMessage } from "./json-encoder.ts";
import type { DecodeLimits } from "./limits.ts";
import { jsonOf } from "./json-payload.ts";
import { PayloadMismatch } from "./payload-mismatch.ts";
import type { Reply } from "./reply.ts";
import { replySchema } from "./reply.ts";
import type { MessageSchema } from "./schema.ts";
import { exceedsUtf8 } from "./text-length.ts";

/** The codec of connections that speak JSON. Payloads of bytes travel when they hold JSON text. */
export const jsonCodec: Codec<string> = /* @__PURE__ */ createJsonCodec((payload) => {
  if (typeof payload === "string") return payload;
  const text = jsonOf(payload);
  if (text === undefined) throw new PayloadMismatch();
  // A line feed ends a message here. In valid JSON it can only stand between tokens.
  return text.replaceAll("\n", "");
});

/** The same for those who never have bytes to send, and need not load what looks for JSON in them: a TypeError. */
export const jsonTextCodec: Codec<string> = /* @__PURE__ */ createJsonCodec((payload) => {
  if (typeof payload === "string") return payload;
  throw new TypeError("No bytes");
});

function createJsonCodec(textOf: TextOf): Codec<string> {
  return {
    name: "json",
    decodeCommands(frame: string | Uint8Array, limits: DecodeLimits): Decoded<Command> {
      return decodeFrame<Command>(frame, commandSchema, limits);
    },
    decodeReplies(frame: string | Uint8Array, limits: DecodeLimits): Decoded<Reply> {
      return decodeFrame<Reply>(frame, replySchema, limits);
    },
    encodeCommand(command: Command): string {
      return encodeMessage(command, commandSchema, textOf);
    },
    encodeReply(reply: Reply): string {
      return encodeMessage(reply, replySchema, textOf);
    },
    join(messages: readonly string[]): string {
      return messages.join("\n");
    },
  };
}

function decodeFrame<Message>(
  frame: string | Uint8Array,
  schema: MessageSchema,
  limits: DecodeLimits,
): Decoded<Message> {
  const messages: Message[] = [];
  const refuse = (kind: DecodeFault["kind"], detail: string): Decoded<Message> => ({
    messages,
    fault: { kind, detail },
  });
  if (typeof frame !== "string") return refuse("type", "a binary frame on a JSON connection");
  if (exceedsUtf8(frame, limits.maxFrameBytes)) {
    return refuse("limit", `a frame of more than ${limits.maxFrameBytes} bytes`);
  }
  const end = frame.endsWith("\n") ? frame.length - 1 : frame.length;
  for (let start = 0; start <= end;) {
    if (messages.length === limits.maxMessagesPerFrame) {
      return refuse("limit", `more than ${limits.maxMessagesPerFrame} messages in a frame`);
    }
    const next = frame.indexOf("\n", start);
    const stop = next < 0 ? end : next;
    try {
      // The schema is that of the message type: the codec above pairs them.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      messages.push(decodeMessage(frame.slice(start, stop), schema, limits.maxDepth) as Message);
    } catch (error) {
      return { messages, fault: faultOf(error) };
    }
    start = stop + 1;
  }
  return { messages };
}
