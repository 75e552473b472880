/**
 * What a page can order: read from JSON that may be anything, and nothing believed before it is looked at.
 */
import { probeLimits } from "./probe-limits.ts";

export interface DialOrder {
  readonly do: "dial";
  readonly url: string;
  readonly subprotocols: readonly string[];
  /** The value of `Origin`; absent for none, as programs do. */
  readonly origin: string | undefined;
  /** Whether permessage-deflate is offered. */
  readonly compression: boolean;
  /** Whether pings and Close are answered as they should be, and not left to the page. */
  readonly answers: boolean;
  /** Whether a certificate that does not verify is taken all the same. */
  readonly anyCertificate: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A frame as the page wants it, right or wrong. */
export interface FrameOrder {
  readonly fin: boolean;
  /** RSV1, RSV2 and RSV3 as one number: 4, 2, 1. */
  readonly rsv: number;
  readonly opcode: number;
  /** Eight hexadecimal digits; or "random", or "none". */
  readonly mask: string;
  readonly payload: Buffer;
  /** How many bytes the length takes; 0 is as few as it can. */
  readonly lengthBytes: 0 | 2 | 8;
  /** What the header says of the length, where that is not the truth. */
  readonly saidLength: number | undefined;
}

export interface MessageOrder {
  readonly do: "message";
  readonly opcode: 1 | 2;
  readonly payload: Buffer;
  /** Into how many frames it is cut. */
  readonly fragments: number;
  /** Whether it is compressed, where that was agreed on. */
  readonly compress: boolean;
}

export type Order =
  | DialOrder
  | { readonly do: "frames"; readonly frames: readonly FrameOrder[] }
  | MessageOrder
  | { readonly do: "watch"; readonly connection: number }
  | { readonly do: "list" | "pause" | "resume" | "hang-up" };

/** What is wrong with an order, for people. */
export class WrongOrder extends Error {
  override readonly name = "WrongOrder";
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws WrongOrder */
export function readOrder(text: string): Order {
  if (text.length > probeLimits.orderLength) throw new WrongOrder("the order is too long");
  const order = parsed(text);
  const what = order["do"];
  switch (what) {
    case "dial":
      return readDial(order);
    case "frames":
      return { do: what, frames: readFrames(order["frames"]) };
    case "message":
      return readMessage(order);
    case "watch":
      return { do: what, connection: whole(order["connection"], "connection", 2 ** 32) };
    case "list":
    case "pause":
    case "resume":
    case "hang-up":
      return { do: what };
    default:
      throw new WrongOrder("there is no such order");
  }
}

function parsed(text: string): Json {
  let order: unknown;
  try {
    order = JSON.parse(text);
  } catch {
    throw new WrongOrder("the order is not JSON");
  }
  if (!isObject(order)) throw new WrongOrder("the order is no object");
  return order;
}

function readDial(order: Json): DialOrder {
  const { url, origin } = order;
  if (typeof url !== "string") throw new WrongOrder("url is missing");
  if (origin !== undefined && typeof origin !== "string") throw new WrongOrder("origin is no text");
  return {
    do: "dial",
    url,
    subprotocols: texts(order["subprotocols"], "subprotocols"),
    origin: origin || undefined,
    compression: order["compression"] === true,
    answers: order["answers"] !== false,
    anyCertificate: order["anyCertificate"] === true,
    headers: list(order["headers"], "headers").map((pair) => {
      const [name, value] = texts(pair, "headers");
      if (name === undefined || value === undefined) throw new WrongOrder("headers are pairs");
      return [name, value] as const;
    }),
  };
}

function readMessage(order: Json): MessageOrder {
  return {
    do: "message",
    opcode: order["opcode"] === 2 ? 2 : 1,
    payload: bytes(order["payload"]),
    fragments: Math.max(1, whole(order["fragments"] ?? 1, "fragments", probeLimits.frames)),
    compress: order["compress"] === true,
  };
}

function readFrames(value: unknown): FrameOrder[] {
  return list(value, "frames").map((frame) => {
    if (!isObject(frame)) throw new WrongOrder("a frame is an object");
    const { lengthBytes, saidLength } = frame;
    return {
      fin: frame["fin"] !== false,
      rsv: whole(frame["rsv"] ?? 0, "rsv", 7),
      opcode: whole(frame["opcode"], "opcode", 15),
      mask: readMask(frame["mask"]),
      payload: bytes(frame["payload"]),
      lengthBytes: lengthBytes === 2 || lengthBytes === 8 ? lengthBytes : 0,
      saidLength:
        saidLength === undefined
          ? undefined
          : whole(saidLength, "saidLength", Number.MAX_SAFE_INTEGER),
    };
  });
}

function readMask(value: unknown): string {
  if (value === undefined) return "random";
  const isMask = typeof value === "string" && /^(?:random|none|[0-9a-f]{8})$/iu.test(value);
  if (!isMask) throw new WrongOrder("mask is random, none, or eight hexadecimal digits");
  return value.toLowerCase();
}

/** A payload: `{ text }`, `{ hex }` or `{ base64 }`. */
function bytes(value: unknown): Buffer {
  if (value === undefined) return Buffer.alloc(0);
  const payload = isObject(value) ? payloadOf(value) : undefined;
  if (payload === undefined) {
    throw new WrongOrder("a payload has text, hex or base64, each a text of its kind");
  }
  if (payload.byteLength > probeLimits.payloadBytes) {
    throw new WrongOrder(`a payload has ${probeLimits.payloadBytes} bytes at most`);
  }
  return payload;
}

function payloadOf({ text, hex, base64 }: Json): Buffer | undefined {
  if (typeof text === "string") return Buffer.from(text);
  if (typeof base64 === "string") return Buffer.from(base64, "base64");
  if (typeof hex !== "string") return undefined;
  const digits = hex.replaceAll(/\s/gu, "");
  return /^(?:[0-9a-f]{2})*$/iu.test(digits) ? Buffer.from(digits, "hex") : undefined;
}

function whole(value: unknown, name: string, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) {
    return value;
  }
  throw new WrongOrder(`${name} is a whole number from 0 to ${most}`);
}

function list(value: unknown, name: string): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.length <= probeLimits.frames) return value;
  throw new WrongOrder(`${name} is a list of ${probeLimits.frames} at most`);
}

function texts(value: unknown, name: string): readonly string[] {
  const items = list(value, name);
  if (items.every((item) => typeof item === "string")) return items;
  throw new WrongOrder(`${name} is a list of texts`);
}
