/** The log of a running server: lines of JSON by `pino` for collectors, lines of text for people, or none. No secret is in any. */
import type { Logger } from "@tautline/hub";
import { silentLogger } from "@tautline/hub";

import type { ServeOptions } from "../../serve/options.ts";
import type { Choices } from "../settings/setting.ts";
import type { Terminal } from "../terminal.ts";
import { textLogger } from "../text-logger.ts";
import type { logSettings } from "./log-settings.ts";
import { maskFor } from "./mask.ts";

export interface ServerLog {
  readonly logger: Logger;
  /** Tells whoever has stopped the server how it goes. */
  readonly say: (text: string) => void;
}

type Streams = Pick<Terminal, "stderr" | "env">;

/** Opens the log that was asked for; what `options` has of secrets is kept out of it. */
export async function openServerLog(
  choices: Choices<typeof logSettings>,
  options: ServeOptions,
  terminal: Streams,
): Promise<ServerLog> {
  const { stderr } = terminal;
  const form = choices.log?.value ?? (stderr.isTTY === true ? "text" : "json");
  if (form === "none") return { logger: silentLogger, say: () => undefined };
  const mask = maskFor(secretsIn(options));
  if (form === "text") {
    const logger = textLogger(terminal, { level: choices.logLevel?.value ?? "warn", mask });
    return { logger, say: (text) => void stderr.write(`${text}\n`) };
  }
  const { pino } = await import("pino");
  // Names of levels and times as people write them: every collector reads those, and a person may have to.
  const logger: Logger = pino(
    {
      level: choices.logLevel?.value ?? "info",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: mask },
    },
    stderr,
  );
  return { logger, say: (text) => logger.info({}, text) };
}

/** Everything in the options that is nobody's to read. */
function secretsIn({ tokens, api, backend, broker }: ServeOptions): readonly string[] {
  const hmac = [tokens ?? []].flat().flatMap(({ hmacSecrets = [] }) => hmacSecrets);
  const address = typeof broker === "string" && URL.canParse(broker) ? new URL(broker) : undefined;
  const password = address?.password ?? "";
  return [
    ...hmac.filter((secret) => typeof secret === "string"),
    ...(api?.keys ?? []),
    ...(backend?.secrets ?? []),
    password,
    decodeURIComponent(password),
  ];
}
