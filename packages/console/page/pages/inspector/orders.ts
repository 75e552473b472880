/** What the page orders of the probe, in the form in which it travels. */

export interface DialOrder {
  readonly do: "dial";
  readonly url: string;
  readonly subprotocols: readonly string[];
  readonly origin?: string;
  readonly compression: boolean;
  /** Whether the probe answers pings and Close as a client should. */
  readonly answers: boolean;
  readonly anyCertificate: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export type OrderedPayload =
  { readonly text: string } | { readonly hex: string } | { readonly base64: string };

/** A frame, right or wrong. */
export interface FrameOrder {
  readonly opcode: number;
  /** Default: true. */
  readonly fin?: boolean;
  /** RSV1, RSV2, RSV3 as 4, 2, 1. Default: 0. */
  readonly rsv?: number;
  /** `random`, `none`, or eight hexadecimal digits. Default: random. */
  readonly mask?: string;
  readonly payload?: OrderedPayload;
  /** Of the extended length. Default: as few as it needs. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** What the header says, where that is not the truth. */
  readonly saidLength?: number;
}

export type Order =
  | DialOrder
  | { readonly do: "frames"; readonly frames: readonly FrameOrder[] }
  | {
      readonly do: "message";
      readonly opcode: 1 | 2;
      readonly payload: OrderedPayload;
      readonly fragments: number;
      readonly compress: boolean;
    }
  | { readonly do: "watch"; readonly connection: number }
  | { readonly do: "list" | "pause" | "resume" | "hang-up" };

/** Header lines as people write them, one a line; lines without a colon are passed over. */
export function headerLines(text: string): readonly (readonly [string, string])[] {
  return text.split("\n").flatMap((line) => {
    const colon = line.indexOf(":");
    if (colon < 1) return [];
    return [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
  });
}

/** The payload of a Close (RFC 6455 §5.5.1): two bytes of code, then the reason. */
export function closePayload(code: number | undefined, reason: string): OrderedPayload {
  if (code === undefined) return { hex: "" };
  const bytes = new TextEncoder().encode(reason);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { hex: (code & 0xffff).toString(16).padStart(4, "0") + hex };
}
