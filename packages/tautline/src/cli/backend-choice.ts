/** The backend that is asked over HTTP, from the command line, the environment and the configuration file. */
import type { BackendOptions } from "../hooks/options.ts";
import { backendDefaults, hookNames, resolveBackendOptions } from "../hooks/options.ts";
import { UsageMistake } from "./command.ts";
import { keyTexts } from "./key-files.ts";
import { naming } from "./settings/naming.ts";
import type { Choice, Choices, SettingTable } from "./settings/setting.ts";

/** A client has 10 seconds to be let in, so no attempt needs more than some of them. */
const longestSeconds = 60;

export const backendSettings = {
  hook: {
    kind: "pairs",
    names: hookNames,
    value: "url",
    text: "ask this address about connect, subscribe, publish …, or tell it of disconnect",
  },
  hookSecretFile: {
    kind: "list",
    path: true,
    value: "file",
    text: "sign what is asked with the secret in this file",
  },
  hookSecret: {
    kind: "list",
    secret: true,
    text: "secrets that sign what is asked, with spaces between them",
  },
  hookTimeoutSeconds: {
    kind: "seconds",
    least: 0.001,
    most: longestSeconds,
    default: backendDefaults.timeoutMs / 1000,
    text: "give an attempt so long",
  },
  hookRetries: {
    kind: "whole",
    least: 0,
    most: 10,
    default: backendDefaults.retries,
    text: "try again so often what failed and does no harm twice",
  },
  hookForwardHeader: {
    kind: "list",
    value: "name",
    text: "send this header of the client along, such as cookie",
  },
} as const satisfies SettingTable;

/** @throws UsageMistake for addresses, secrets or headers that make no sense, or are there without an address */
export async function backendChoice(
  choices: Choices<typeof backendSettings>,
): Promise<Partial<BackendOptions>> {
  const { hook, hookSecretFile, hookSecret, hookTimeoutSeconds, hookRetries, hookForwardHeader } =
    choices;
  const idle = [
    hookSecretFile,
    hookSecret,
    hookForwardHeader,
    hookTimeoutSeconds,
    hookRetries,
  ].find((choice: Choice | undefined) => choice !== undefined && choice.source !== "default");
  if (hook === undefined) {
    if (idle === undefined) return {};
    throw new UsageMistake(`${idle.name} needs an address that is asked: --hook connect=<url>`);
  }
  const urls = hook.value;
  const secrets = [...(await keyTexts(hookSecretFile)), ...(hookSecret?.value ?? [])];
  const forwardHeaders = hookForwardHeader?.value ?? [];
  const timeoutMs = Math.round(hookTimeoutSeconds.value * 1000);
  const retries = hookRetries.value;
  naming([hook], () => resolveBackendOptions({ urls }));
  naming([hookSecretFile, hookSecret], () => resolveBackendOptions({ secrets }));
  naming([hookForwardHeader], () => resolveBackendOptions({ forwardHeaders }));
  return { urls, secrets, forwardHeaders, timeoutMs, retries };
}
