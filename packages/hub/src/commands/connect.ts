/** The connect command: who is there, may they stay, and what does the server subscribe them to? */

import type { ConnectRequest, SubscribeRequest, SubscribeResult } from "@tautline/wire";
import { disconnects, replyErrors } from "@tautline/wire";
import { authenticate } from "../access/authenticate.ts";
import type { ConnectGrant } from "../hooks.ts";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";
import { serverPlan } from "../subscriptions/server-plan.ts";
import type { ReadySubscription } from "../subscriptions/subscriptions.ts";
import { recoveryPoint } from "./position.ts";
import { payloadOf } from "../payload-values.ts";

export async function connect(call: Call, request: ConnectRequest): Promise<void> {
  const { session, context, respond } = call;
  const { pingIntervalMs, pongTimeoutMs } = context.options;
  const grant = await authenticate(call, request);
  const data = payloadOf(grant.data);
  if (!session.identify({ user: grant.user ?? "", info: payloadOf(grant.info) })) {
    throw refuse(disconnects.connectionLimit);
  }
  const { token = "" } = request;
  // Who can say nothing more cannot bring another token either.
  session.access.take(grant, token === "" || session.unidirectional ? "server" : "client");
  const { term } = session.access;
  if (term.expired && term.renewal === "server") throw refuse(replyErrors.expired);
  const subscriptions = await prepare(call, grant.subscriptions ?? [], request.subs);
  if (session.admit()) {
    const subs = resultsOf(subscriptions);
    respond({
      connect: {
        client: session.id,
        ...term.lifetime,
        // Rounded up: a client that waits for a ping must not give up before it is sent.
        ping: Math.ceil(pingIntervalMs / 1000),
        pong: pingIntervalMs > 0 && pongTimeoutMs > 0 && !session.unidirectional,
        ...session.emulation,
        ...(data !== undefined && { data }),
        ...(subs.size > 0 && { subs }),
      },
    });
  }
  for (const subscription of subscriptions) subscription.goLive();
}

/** Prepares what the server subscribes the client to, each from where the client was. */
async function prepare(
  { session, context }: Call,
  wanted: NonNullable<ConnectGrant["subscriptions"]>,
  places: ReadonlyMap<string, SubscribeRequest> | undefined,
): Promise<readonly ReadySubscription[]> {
  const prepared: ReadySubscription[] = [];
  try {
    for (const subscription of wanted) {
      const place = places?.get(subscription.channel);
      const known = place === undefined ? undefined : recoveryPoint(place);
      const since = known ?? subscription.since;
      const plan = serverPlan(context.options, { ...subscription, since });
      prepared.push(await session.subscriptions.prepare(plan));
    }
    return prepared;
  } catch (error) {
    // Ended first, so that each takes back what was done for it.
    await session.subscriptions.endAll();
    for (const subscription of prepared) subscription.goLive();
    throw error;
  }
}

function resultsOf(subscriptions: readonly ReadySubscription[]): Map<string, SubscribeResult> {
  return new Map(subscriptions.map(({ channel, result }) => [channel, result]));
}
