/** How messages stand in the body of a stream: as lines, behind each other, or as events. It knows no response. */

export interface StreamFormat {
  readonly contentType: string;
  /** What the body begins with, so that the client hears at once that it is connected. */
  readonly opening: Uint8Array | undefined;
  /** The message as it stands in the body. */
  frame(message: Uint8Array): readonly Uint8Array[];
}

const lineFeed = Buffer.from("\n");

/** A message per line, for JSON. */
export const lineStream: StreamFormat = Object.freeze({
  contentType: "application/x-ndjson",
  opening: undefined,
  frame: (message: Uint8Array) => [message, lineFeed],
});

/** Messages that tell their length themselves, as those of Protobuf do. */
export const byteStream: StreamFormat = Object.freeze({
  contentType: "application/octet-stream",
  opening: undefined,
  frame: (message: Uint8Array) => [message],
});

const eventStart = Buffer.from("data: ");
const eventEnd = Buffer.from("\n\n");
const carriageReturn = 0x0d;
const space = 0x20;

/**
 * An event per message, for JSON (HTML standard §9.2.6). A carriage return would end a line there; between the tokens of
 * JSON, the only place where it can stand, a space is as good.
 */
export const eventStream: StreamFormat = Object.freeze({
  contentType: "text/event-stream; charset=utf-8",
  opening: Buffer.from(":\n\n"),
  frame(message: Uint8Array) {
    const safe = message.includes(carriageReturn)
      ? message.map((byte) => (byte === carriageReturn ? space : byte))
      : message;
    return [eventStart, safe, eventEnd];
  },
});
