/** What is said about pings of the hub, in seconds: proxies end connections on which nothing has moved for some time. */
import type { HubOptions } from "@tautline/hub";
import { hubDefaults } from "@tautline/hub";

import { UsageMistake } from "./command.ts";
import type { Choices, SettingTable } from "./settings/setting.ts";

const mostSeconds = 86_400;

export const pingSettings = {
  pingSeconds: {
    kind: "whole",
    least: 0,
    most: mostSeconds,
    value: "seconds",
    default: hubDefaults.pingIntervalMs / 1000,
    text: "ping clients of the hub so often, so that nothing between takes them for idle; 0 never",
  },
  pongSeconds: {
    kind: "seconds",
    least: 0,
    most: mostSeconds,
    otherwise: `${hubDefaults.pongTimeoutMs / 1000}, at most half of --ping-seconds`,
    text: "cut off clients that answer no ping for so long; 0 never",
  },
} as const satisfies SettingTable;

/** @throws UsageMistake when a client would be pinged again before it has to have answered */
export function pingChoice({
  pingSeconds,
  pongSeconds,
}: Choices<typeof pingSettings>): Pick<HubOptions, "pingIntervalMs" | "pongTimeoutMs"> {
  const pingIntervalMs = pingSeconds.value * 1000;
  if (pongSeconds === undefined) {
    const pongTimeoutMs = Math.min(hubDefaults.pongTimeoutMs, pingIntervalMs / 2);
    return { pingIntervalMs, pongTimeoutMs };
  }
  const pongTimeoutMs = Math.round(pongSeconds.value * 1000);
  if (pingIntervalMs > 0 && pongTimeoutMs >= pingIntervalMs) {
    throw new UsageMistake(`${pongSeconds.name} has to be less than ${pingSeconds.name}`);
  }
  return { pingIntervalMs, pongTimeoutMs };
}
