/** What the hub hands to a line, as bytes: the payload of a message, however it was prepared. */
import { PreparedMessage } from "@tautline/node";
import type { ClientConnection } from "@tautline/hub";

/** What `send` of a line is given. */
export type Outgoing = Parameters<ClientConnection["send"]>[0];

/** @throws TypeError for a message that another `prepare` than that of `@tautline/node` has made */
export function messageBytes(message: Outgoing): Uint8Array {
  if (typeof message === "string") return Buffer.from(message);
  if (message instanceof Uint8Array) return message;
  if (message instanceof PreparedMessage) return message.payload;
  throw new TypeError("The hub's `prepare` must be `prepareMessage` of @tautline/node");
}
