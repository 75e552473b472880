/** The options of `serve()` from what was said to `tautline serve`. */
import type { AllowedOrigins } from "@tautline/node";

import type { ServeOptions } from "../../serve/options.ts";
import { apiChoice } from "../api-keys.ts";
import { backendChoice } from "../backend-choice.ts";
import { UsageMistake } from "../command.ts";
import { consoleTokenChoice } from "../console-access.ts";
import { drainChoice } from "../drain-options.ts";
import { historyChoice } from "../history-options.ts";
import { pingChoice } from "../ping-options.ts";
import type { Choices } from "../settings/setting.ts";
import { tokenKeys } from "../token-keys.ts";
import type { serveSettings } from "./serve-settings.ts";

export type ServeChoices = Choices<typeof serveSettings>;

/** @throws UsageMistake for what makes no sense, alone or beside something else */
export async function optionsFrom(choices: ServeChoices): Promise<ServeOptions> {
  const tokens = await tokenKeys(choices);
  const backend = await backendChoice(choices);
  const open = choices.open?.value;
  // Where somebody says who is let in, nobody may do everything for want of a word.
  const guarded = tokens !== undefined || backend.urls?.connect !== undefined;
  if (open === true && !guarded) {
    throw new UsageMistake("--open needs keys of tokens, or --hook connect=<url>, beside it");
  }
  const { broker, dataDir, channels } = historyChoice(choices);
  return {
    ...ports(choices),
    page: choices.page.value,
    consoleToken: choices.page.value ? await consoleTokenChoice(choices) : undefined,
    probeHosts: choices.probeHost?.value,
    demos: choices.demos.value,
    allowedOrigins: origins(choices.allowedOrigin?.value),
    tokens,
    hub: { channels, ...pingChoice(choices), ...(guarded && { open: open === true }) },
    broker,
    dataDir,
    api: await apiChoice(choices),
    metrics: choices.metrics?.value,
    backend,
    ...drainChoice(choices),
  };
}

function ports(choices: ServeChoices) {
  const { port, host, internalPort, internalHost } = choices;
  if (internalHost.source !== "default" && internalPort === undefined) {
    throw new UsageMistake(`${internalHost.name} needs --internal-port beside it`);
  }
  return {
    port: port.value,
    host: host.value,
    internalPort: internalPort?.value,
    internalHost: internalHost.value,
  };
}

function origins(said: readonly string[] | undefined): AllowedOrigins | undefined {
  if (said === undefined) return undefined;
  return said.includes("any") ? "any" : said;
}
