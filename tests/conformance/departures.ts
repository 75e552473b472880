/** Results that are not OK, and why they are accepted. */
import type { Departure } from "./results.ts";

const atTheEnd =
  "ws checks a text message when all of it has come: invalid UTF-8 is refused, but not at the byte that makes it invalid.";

const late = {
  cases: ["6.4.1", "6.4.2", "6.4.3", "6.4.4"],
  verdict: { behaviour: "NON-STRICT", ending: "OK" },
  reason: atTheEnd,
} as const;

export const departures: readonly Departure[] = [
  { ...late, subject: "ws server" },
  { ...late, subject: "ws client" },
];
