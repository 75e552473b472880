/**
 * A channel's contract: its name together with the type of the messages that travel through it. It is written once, in
 * code that server and clients share, and types handlers and publishers on both sides. It decides nothing at run time.
 */

declare const messageType: unique symbol;

/** A channel's name that remembers its message type. Make it with `channel`. */
export interface ChannelContract<Message> {
  readonly name: string;
  /** Never present: it carries the type. A function, so that a contract of one type never passes for another's. */
  readonly [messageType]?: (message: Message) => Message;
}

/**
 * Declares a channel, as in `channel<{ text: string }>("chat")`.
 *
 * @throws RangeError when `name` is empty.
 */
export function channel<Message>(name: string): ChannelContract<Message> {
  if (name === "") throw new RangeError("A channel needs a name");
  return Object.freeze({ name });
}
