/** The transports that the lab compares, in the order in which it shows them, each with its colour on the charts. */
import type { Tone } from "../../charts/line-chart.tsx";

export const transports = [
  "short-polling",
  "long-polling",
  "sse",
  "http-stream",
  "websocket",
  "websocket-deflate",
] as const;
export type Transport = (typeof transports)[number];

export const toneOf: Readonly<Record<Transport, Tone>> = {
  "short-polling": "b",
  "long-polling": "e",
  sse: "c",
  "http-stream": "d",
  websocket: "a",
  "websocket-deflate": "f",
};

/** A value for each of them. */
export type PerTransport<Value> = Readonly<Record<Transport, Value>>;

export function forEachTransport<Value>(
  value: (transport: Transport) => Value,
): PerTransport<Value> {
  const entries = transports.map((transport) => [transport, value(transport)] as const);
  return Object.fromEntries(entries) as PerTransport<Value>;
}
