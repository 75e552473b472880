/**
 * A channel's contract: its name together with the type of the messages that travel through it, and maybe a schema that
 * they are held to. It is written once, in code that server and clients share, and types handlers and publishers on both
 * sides.
 */
import type { OutputOf, Stable, StandardSchema } from "./standard-schema.ts";

declare const messageType: unique symbol;

/** A channel's name that remembers its message type. Make it with `channel`. */
export interface ChannelContract<Message> {
  readonly name: string;
  /** What publications of clients are checked with, by servers that were given the contract. */
  readonly schema?: StandardSchema | undefined;
  /** Never present: it carries the type. A function, so that a contract of one type never passes for another's. */
  readonly [messageType]?: (message: Message) => Message;
}

/**
 * Declares a channel, as in `channel("chat", z.object({ text: z.string() }))`, or `channel<{ text: string }>("chat")` where
 * nobody checks.
 *
 * @param schema any Standard Schema; it has to take what it makes, see {@link Stable}
 * @throws RangeError when `name` is empty.
 */
export function channel<Schema extends StandardSchema>(
  name: string,
  schema: Stable<Schema> & Schema,
): ChannelContract<OutputOf<Schema>>;
export function channel<Message>(name: string): ChannelContract<Message>;
export function channel(name: string, schema?: StandardSchema): ChannelContract<unknown> {
  if (name === "") throw new RangeError("A channel needs a name");
  return Object.freeze({ name, ...(schema && { schema }) });
}
