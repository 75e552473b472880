/** What one case of the benchmark is: its load, what it counts, and the part of a run it belongs to. */
import type { HubTerms } from "./company.ts";
import type { LoadSettings } from "./load-settings.ts";

export type Group =
  | "echo"
  | "deflate"
  | "carrier"
  | "fanout"
  | "handshake"
  | "memory"
  | "scale"
  | "hub"
  | "brokers"
  | "costs";

export interface Case {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  /** What the number counts: CPU time for each of these, or memory. */
  readonly unit:
    | "µs/message"
    | "µs/delivery"
    | "µs/publication"
    | "µs/connection"
    | "µs/ping"
    | "bytes/connection";
  readonly service: "echo" | "fanout" | "hub" | "brokers";
  readonly load: LoadSettings;
  /** A second load on the same server, whose cost is divided by that of the first. */
  readonly compared?: LoadSettings;
  /** The hubs of the service `brokers`. */
  readonly hub?: HubTerms;
  /** Whether latency is measured once more, at a rate that is the same for all peers. */
  readonly equalLoad: boolean;
  /** Part of `--quick`. */
  readonly quick: boolean;
  /** Rounds that are enough where the numbers hardly differ from one to the next, and each takes long. */
  readonly maxRounds?: number;
}
