/** The server's hub from the server's options: its ports on Node.js, its hooks, and who may connect where nobody says. */
import { randomUUID } from "node:crypto";

import type { Meter } from "@tautline/hub";
import { Hub } from "@tautline/hub";
import { prepareMessage } from "@tautline/node";

import { ownChannels } from "../console/uses/use-channels.ts";
import { backendHooks } from "../hooks/backend-hooks.ts";
import type { HookMeter } from "../hooks/meter.ts";
import { jwtVerifier } from "../tokens/jwt-verifier.ts";
import { systemClock } from "./clock.ts";
import { guestGrant } from "./guest.ts";
import { processFacts } from "./process-facts.ts";
import type { ServerSettings } from "./options.ts";

/** @throws RangeError for keys of tokens, or a backend, that make no sense */
export function openHub(settings: ServerSettings, meter?: Meter & HookMeter): Hub {
  const { hub, contracts, tokens, broker, backend, logger } = settings;
  const opened = new Hub({
    clock: systemClock,
    randomId: randomUUID,
    prepare: prepareMessage,
    facts: processFacts,
    logger,
    options: hub,
    contracts,
    tracer: settings.tracer,
    ...(settings.page && settings.demos && { ownChannels }),
    ...(meter && { meter }),
    ...(broker && { broker }),
    ...(tokens && { tokens: jwtVerifier(tokens) }),
  });
  const hooks = { ...backendHooks(backend, { logger, meter }), ...settings.hooks };
  // Where tokens say who somebody is, nobody is let in under the name it asks for.
  const guests = hub.open && tokens === undefined ? guestGrant : undefined;
  const connect = hooks.connect ?? guests;
  if (connect !== undefined) opened.onConnect(connect);
  if (hooks.refresh !== undefined) opened.onRefresh(hooks.refresh);
  if (hooks.subscribe !== undefined) opened.onSubscribe(hooks.subscribe);
  if (hooks.subRefresh !== undefined) opened.onSubRefresh(hooks.subRefresh);
  if (hooks.publish !== undefined) opened.onPublish(hooks.publish);
  if (hooks.presence !== undefined) opened.onPresence(hooks.presence);
  if (hooks.history !== undefined) opened.onHistory(hooks.history);
  if (hooks.rpc !== undefined) opened.onRpc(hooks.rpc);
  if (hooks.disconnect !== undefined) opened.onDisconnect(hooks.disconnect);
  return opened;
}
