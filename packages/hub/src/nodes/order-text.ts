/** An order as it travels between hubs, perhaps of two versions. Values of the application travel as its clients see them. */

import type { Capability, Operation } from "../access/capabilities.ts";
import type { RefreshGrant } from "../access/refresh-grant.ts";
import { payloadOf } from "../payload-values.ts";
import type { ClientSelection } from "../roster.ts";
import { storedPayload } from "../stored-publication.ts";
import type { ServerSubscription } from "../subscriptions/server-subscription.ts";
import {
  fieldsOf,
  integerAt,
  listAt,
  maybe,
  numberAt,
  textAt,
  textsAt,
  valueAt,
} from "./fields.ts";
import type { Order } from "./orders.ts";

const operations: ReadonlySet<string> = new Set<Operation>([
  "subscribe",
  "publish",
  "presence",
  "history",
]);

/** @throws TypeError when a value has no JSON form */
export function orderFields(order: Order): object {
  if (order.kind === "refresh") {
    const { info, meta, ...grant } = order.grant;
    return { ...order, grant: { ...grant, info: stored(info), meta: stored(meta) } };
  }
  if (order.kind === "subscribe") {
    const { info, data, ...rest } = order.subscription;
    return { ...order, subscription: { ...rest, info: stored(info), data: stored(data) } };
  }
  return order;
}

/** @throws TypeError or RangeError for what is no order */
export function readOrder(value: unknown): Order {
  const fields = fieldsOf(value);
  const whom = selectionIn(fields.get("whom"));
  const kind = textAt(fields, "kind");
  switch (kind) {
    case "disconnect":
      return { kind, whom, why: reasonIn(fields.get("why")) };
    case "refresh":
      return { kind, whom, grant: grantIn(fields.get("grant")) };
    case "subscribe":
      return { kind, whom, subscription: subscriptionIn(fields.get("subscription")) };
    case "unsubscribe": {
      const reason = fields.get("reason");
      return {
        kind,
        whom,
        channel: maybe(fields, "channel", textAt),
        reason: reason === undefined ? undefined : reasonIn(reason),
      };
    }
    default:
      throw new TypeError("This is no order that is known");
  }
}

function stored(value: unknown) {
  return storedPayload(payloadOf(value));
}

function selectionIn(value: unknown): ClientSelection {
  const fields = fieldsOf(value);
  return {
    user: maybe(fields, "user", textAt),
    client: maybe(fields, "client", textAt),
    except: maybe(fields, "except", textsAt),
  };
}

function reasonIn(value: unknown): { readonly code: number; readonly reason: string } {
  const fields = fieldsOf(value);
  return { code: integerAt(fields, "code"), reason: textAt(fields, "reason") };
}

function grantIn(value: unknown): RefreshGrant {
  const fields = fieldsOf(value);
  const capabilities = maybe(fields, "capabilities", listAt);
  return {
    expiresAtMs: maybe(fields, "expiresAtMs", numberAt),
    ...(fields.has("info") && { info: valueAt(fields, "info") }),
    ...(fields.has("meta") && { meta: valueAt(fields, "meta") }),
    ...(capabilities && { capabilities: capabilities.map(capabilityIn) }),
  };
}

function capabilityIn(value: unknown): Capability {
  const fields = fieldsOf(value);
  const match = maybe(fields, "match", textAt);
  if (match !== undefined && match !== "exact" && match !== "wildcard") {
    throw new TypeError("match is something else");
  }
  return {
    channels: textsAt(fields, "channels"),
    match,
    allow: textsAt(fields, "allow").filter(isOperation),
  };
}

/** What a later version permits besides is permitted nowhere here. */
function isOperation(name: string): name is Operation {
  return operations.has(name);
}

function subscriptionIn(value: unknown): ServerSubscription {
  const fields = fieldsOf(value);
  const since = fields.get("since");
  return {
    channel: textAt(fields, "channel"),
    ...(fields.has("info") && { info: valueAt(fields, "info") }),
    ...(fields.has("data") && { data: valueAt(fields, "data") }),
    joinLeave: fields.get("joinLeave") === true,
    expiresAtMs: maybe(fields, "expiresAtMs", numberAt),
    since: since === undefined ? undefined : positionIn(since),
  };
}

function positionIn(value: unknown): { readonly offset: number; readonly epoch: string } {
  const fields = fieldsOf(value);
  return { offset: integerAt(fields, "offset"), epoch: textAt(fields, "epoch") };
}
