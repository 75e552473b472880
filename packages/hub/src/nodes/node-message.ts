/**
 * What hubs say to each other: a line of JSON, and after it, for what is carried for others, a text as it is. Hubs of other
 * versions may read it: fields are added, never given another meaning.
 */

import { exceedsUtf8 } from "@tautline/wire";
import { longestLeaveDelayMs } from "../channels/channel-options.ts";
import { maxToldBytes } from "../ports/broker.ts";
import { fieldsOf, integerAt, numberAt, textAt } from "./fields.ts";
import type { NodeInfo } from "./node-info.ts";
import { orderFields, readOrder } from "./order-text.ts";
import type { Order } from "./orders.ts";
import { decodeMember, encodeMember } from "../stored-publication.ts";
import type { Absence } from "../subscriptions/attendance.ts";

/** A piece of a text that is too long for one message. */
export interface Piece {
  /** Which text, by a number that its sender gives. */
  readonly id: number;
  readonly index: number;
  readonly count: number;
  readonly text: string;
}

export type NodeMessage =
  /** Who says it is there. */
  | { readonly kind: "here"; readonly info: NodeInfo }
  /** Who says it has come, and wants to know who is there. */
  | { readonly kind: "hello" }
  /** Who says it is going. */
  | { readonly kind: "gone" }
  | { readonly kind: "order"; readonly order: Order }
  /** A member of the sender is missed. */
  | { readonly kind: "missed"; readonly absence: Absence }
  /** A question to who answers at the receiver under the name `line`. */
  | { readonly kind: "ask"; readonly line: string; readonly piece: Piece }
  | { readonly kind: "answer"; readonly piece: Piece };

export interface NodeLetter {
  /** The hub that says it. */
  readonly from: string;
  readonly message: NodeMessage;
}

/** Names of hubs are no longer. */
const maxNameLength = 200;

/** A text has no more pieces. */
const maxPieces = 1024;

/** @throws RangeError when it is too long to be sent; TypeError when a value in it has no JSON form */
export function writeLetter({ from, message }: NodeLetter): string {
  const text = textOf(from, message);
  if (exceedsUtf8(text, maxToldBytes)) {
    throw new RangeError(`A message between hubs has at most ${maxToldBytes} bytes`);
  }
  return text;
}

/** @throws SyntaxError, TypeError or RangeError for what is no letter */
export function readLetter(text: string): NodeLetter {
  if (exceedsUtf8(text, maxToldBytes)) throw new RangeError("The message is too long");
  const end = text.indexOf("\n");
  const fields = fieldsOf(JSON.parse(end === -1 ? text : text.slice(0, end)));
  const from = nameAt(fields, "from");
  const kind = textAt(fields, "kind");
  switch (kind) {
    case "hello":
    case "gone":
      return { from, message: { kind } };
    case "here":
      return { from, message: { kind, info: infoIn(fields.get("info")) } };
    case "order":
      return { from, message: { kind, order: readOrder(fields.get("order")) } };
    case "missed":
      return { from, message: { kind, absence: absenceIn(fields) } };
    case "ask":
    case "answer": {
      const piece = pieceIn(fields, end === -1 ? "" : text.slice(end + 1));
      if (kind === "answer") return { from, message: { kind, piece } };
      return { from, message: { kind, piece, line: nameAt(fields, "line") } };
    }
    default:
      throw new TypeError("This is no message that is known");
  }
}

function textOf(from: string, message: NodeMessage): string {
  if (message.kind === "order") {
    return JSON.stringify({ from, kind: message.kind, order: orderFields(message.order) });
  }
  if (message.kind === "missed") {
    const { channel, member, forMs } = message.absence;
    const fields = { from, kind: message.kind, channel, member: encodeMember(member), forMs };
    return JSON.stringify(fields);
  }
  if (!("piece" in message)) return JSON.stringify({ from, ...message });
  const { piece, ...rest } = message;
  const { text, ...place } = piece;
  return `${JSON.stringify({ from, ...rest, ...place })}\n${text}`;
}

function absenceIn(fields: ReadonlyMap<string, unknown>): Absence {
  return {
    channel: textAt(fields, "channel"),
    member: decodeMember(textAt(fields, "member")),
    forMs: Math.min(numberAt(fields, "forMs"), longestLeaveDelayMs),
  };
}

function pieceIn(fields: ReadonlyMap<string, unknown>, text: string): Piece {
  const [id, index, count] = [
    integerAt(fields, "id"),
    integerAt(fields, "index"),
    integerAt(fields, "count"),
  ];
  if (index >= count || count > maxPieces) throw new RangeError("The piece has no such place");
  return { id, index, count, text };
}

function nameAt(fields: ReadonlyMap<string, unknown>, name: string): string {
  const text = textAt(fields, name);
  if (text === "" || text.length > maxNameLength) throw new RangeError(`${name} is no name`);
  return text;
}

function infoIn(value: unknown): NodeInfo {
  const fields = fieldsOf(value);
  return {
    name: textAt(fields, "name"),
    version: textAt(fields, "version"),
    cpuPercent: numberAt(fields, "cpuPercent"),
    memoryBytes: integerAt(fields, "memoryBytes"),
    connections: integerAt(fields, "connections"),
    clients: integerAt(fields, "clients"),
    users: integerAt(fields, "users"),
    channels: integerAt(fields, "channels"),
    subscriptions: integerAt(fields, "subscriptions"),
    uptimeMs: numberAt(fields, "uptimeMs"),
  };
}
