/** How many processes serve, as it was said. */
import { availableParallelism } from "node:os";

import { UsageMistake } from "./command.ts";
import type { Choices, SettingTable } from "./settings/setting.ts";

/** More than any machine has cores. */
const mostWorkers = 1024;

export const workerSettings = {
  workers: {
    kind: "text",
    value: "count",
    default: "1",
    text: "serve with so many processes on one port; 'auto' is one for each core",
  },
} as const satisfies SettingTable;

/** @throws UsageMistake when it is neither a number nor `auto` */
export function workerCount({ workers }: Choices<typeof workerSettings>): number {
  const { value, name } = workers;
  if (value === "auto") return availableParallelism();
  const count = /^\d{1,4}$/u.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= mostWorkers) return count;
  throw new UsageMistake(
    `${name} takes a whole number from 1 to ${mostWorkers} or 'auto', not '${value}'`,
  );
}
