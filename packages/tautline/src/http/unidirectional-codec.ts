/**
 * The format of connections on which the client says one thing: its connect request, without a command around it. What it
 * hears are pushes, without replies around them; the answer to its request is one of them. This is JSON in every case.
 */
import type { Codec, Command, Decoded, DecodeLimits, Reply } from "@tautline/wire";
import { jsonCodec } from "@tautline/wire";

/** The id of the connect command that the client has not written. */
const connectId = 1;

/** The codec of unidirectional connections. */
export const unidirectionalCodec: Codec<string> = Object.freeze({
  ...jsonCodec,
  /** A connect request; an empty frame and `null` are one without anything in it. */
  decodeCommands(frame: string | Uint8Array, limits: DecodeLimits): Decoded<Command> {
    const request = requestText(frame);
    if (request === undefined) {
      return { messages: [], fault: { kind: "malformed", detail: "no connect request" } };
    }
    return jsonCodec.decodeCommands(`{"id":${connectId},"connect":${request}}`, limits);
  },
  encodeReply({ connect, push }: Reply): string {
    if (connect !== undefined) return pushText({ push: { connect } });
    // A ping is nothing, with or without a reply around it.
    return push === undefined ? "{}" : pushText({ push });
  },
});

/**
 * The request on one line, when `frame` is one and nothing else: put into a command unseen, it could end the request and
 * say more.
 */
function requestText(frame: string | Uint8Array): string | undefined {
  if (typeof frame !== "string") return undefined;
  const text = frame.trim();
  if (text === "") return "{}";
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return "{}";
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
  } catch {
    return undefined;
  }
  // In valid JSON a line feed is space between tokens.
  return text.replaceAll("\n", " ");
}

const before = '{"push":';

/** The push alone, of a reply that holds nothing else. */
function pushText(reply: Required<Pick<Reply, "push">>): string {
  return jsonCodec.encodeReply(reply).slice(before.length, -1);
}
