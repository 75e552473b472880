/** Which code carries out which command, and which commands have to wait for each other. */

import type { Request } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import { connect } from "./commands/connect.ts";
import { history } from "./commands/history.ts";
import { presence, presenceStats } from "./commands/presence.ts";
import { publish } from "./commands/publish.ts";
import { refresh, subRefresh } from "./commands/refresh.ts";
import { rpc } from "./commands/rpc.ts";
import { send } from "./commands/send.ts";
import { subscribe } from "./commands/subscribe.ts";
import { unsubscribe } from "./commands/unsubscribe.ts";
import { refuse } from "./refusal.ts";
import type { Call } from "./session.ts";

/**
 * Carries out a command.
 *
 * @throws Refusal with the protocol's answer, or anything else for an internal error
 */
export async function dispatch(call: Call, { method, request }: Request): Promise<void> {
  switch (method) {
    case "connect":
      return connect(call, request);
    case "subscribe":
      return subscribe(call, request);
    case "unsubscribe":
      return unsubscribe(call, request);
    case "publish":
      return publish(call, request);
    case "presence":
      return presence(call, request);
    case "presence_stats":
      return presenceStats(call, request);
    case "rpc":
      return rpc(call, request);
    case "send":
      return send(call, request);
    case "history":
      return history(call, request);
    case "refresh":
      return refresh(call, request);
    case "sub_refresh":
      return subRefresh(call, request);
    case "ping":
      // Pings are the server's to send.
      throw refuse(replyErrors.notAvailable);
  }
}

/**
 * The channel whose commands have to be carried out in order with this one, or `undefined` for a command that waits
 * for nobody.
 */
export function laneOf({ request }: Request): string | undefined {
  return "channel" in request && typeof request.channel === "string" ? request.channel : undefined;
}
