/** What a hub tells the others about itself. */

import type { HubInfo } from "../hub-info.ts";

/** What the process around a hub says of itself. */
export interface NodeFacts {
  /** A name for people, such as that of its machine and process. */
  readonly name: string;
  /** The version of its software. */
  readonly version: string;
  /** Percent of one core that it has used on average since it began. */
  readonly cpuPercent: number;
  /** Bytes of memory that it holds. */
  readonly memoryBytes: number;
}

/** One hub among those that act as one. */
export interface NodeInfo extends HubInfo, NodeFacts {}

export const noFacts: NodeFacts = Object.freeze({
  name: "",
  version: "",
  cpuPercent: 0,
  memoryBytes: 0,
});
