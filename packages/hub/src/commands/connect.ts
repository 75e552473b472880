/** The connect command: who is there, and may they stay? */

import type { ConnectRequest } from "@tautline/wire";
import type { Call } from "../session.ts";
import { payloadOf, valueOf } from "./request-data.ts";

export async function connect(call: Call, request: ConnectRequest): Promise<void> {
  const { session, context, respond } = call;
  const { pingIntervalMs, pongTimeoutMs } = context.options;
  const grant = await context.policy.connect({
    client: session.id,
    token: request.token ?? "",
    data: valueOf(request.data),
    name: request.name ?? "",
    version: request.version ?? "",
    connection: session.connection,
  });
  const data = payloadOf(grant.data);
  if (!session.admit({ user: grant.user ?? "", info: payloadOf(grant.info) })) return;
  respond({
    connect: {
      client: session.id,
      // Rounded up: a client that waits for a ping must not give up before it is sent.
      ping: Math.ceil(pingIntervalMs / 1000),
      pong: pingIntervalMs > 0 && pongTimeoutMs > 0,
      ...(data !== undefined && { data }),
    },
  });
}
