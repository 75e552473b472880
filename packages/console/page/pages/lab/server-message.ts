/** What the server says on the lab's control connection, as far as it can be understood. */
import type { PerTransport } from "./transports.ts";
import { forEachTransport } from "./transports.ts";

export interface WireFigures {
  readonly requests: number;
  /** Bytes from the browser, as the server's socket has counted them. */
  readonly received: number;
  /** Bytes to the browser. */
  readonly sent: number;
}

export interface CpuFigures {
  readonly cpuMs: number;
  readonly wallMs: number;
}

export interface RunReport {
  /** Updates that were made so far. */
  readonly created: number;
  readonly cpu: CpuFigures;
  readonly wire: PerTransport<WireFigures>;
}

export type ServerMessage =
  | { readonly type: "pong"; readonly at: number; readonly now: number }
  | { readonly type: "ready"; readonly run: string; readonly lull: CpuFigures }
  | { readonly type: "refused"; readonly why: string }
  | ({ readonly type: "report" | "over" | "finished" } & RunReport);

/** `undefined` for what is no message. */
export function readServerMessage(data: unknown): ServerMessage | undefined {
  const message = fieldsOf(parsed(data));
  const { type, at, now, run, why } = message;
  switch (type) {
    case "pong":
      return isNumber(at) && isNumber(now) ? { type, at, now } : undefined;
    case "refused":
      return { type, why: String(why) };
    case "ready":
      return typeof run === "string" ? { type, run, lull: cpuIn(message["lull"]) } : undefined;
    case "report":
    case "over":
    case "finished":
      return { type, ...reportIn(message) };
    default:
      return undefined;
  }
}

function reportIn(message: Fields): RunReport {
  const wire = fieldsOf(message["wire"]);
  return {
    created: numberIn(message["created"]),
    cpu: cpuIn(message["cpu"]),
    wire: forEachTransport((transport) => figuresIn(wire[transport])),
  };
}

function figuresIn(value: unknown): WireFigures {
  const { requests, received, sent } = fieldsOf(value);
  return { requests: numberIn(requests), received: numberIn(received), sent: numberIn(sent) };
}

function cpuIn(value: unknown): CpuFigures {
  const { cpuMs, wallMs } = fieldsOf(value);
  return { cpuMs: numberIn(cpuMs), wallMs: numberIn(wallMs) };
}

type Fields = Readonly<Record<string, unknown>>;

/** Its fields, none when it has none. */
function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function parsed(data: unknown): unknown {
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function numberIn(value: unknown): number {
  return isNumber(value) ? value : 0;
}
