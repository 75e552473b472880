/** The publish command: from permission, past those who look at publications first, to the broker. */

import type { PublishRequest } from "@tautline/wire";
import { encodePayload, replyErrors } from "@tautline/wire";
import { checkedValue } from "../checked-value.ts";
import { logPolicyOf } from "../channels/channel-options.ts";
import { isOfKind, payloadOf, valueOf } from "../payload-values.ts";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";
import { requireChannel } from "./permitted-channel.ts";

export async function publish(call: Call, request: PublishRequest): Promise<void> {
  const { session, context, respond } = call;
  const { channel, options } = requireChannel(call, request.channel);
  // Other types publish to something else than a stream of publications.
  if ((request.type ?? 0) !== 0) throw refuse(replyErrors.notAvailable);
  const { data: sent } = request;
  if (sent === undefined || !isOfKind(sent, options.payloads)) throw refuse(replyErrors.badRequest);
  if (!options.clientPublish) throw refuse(replyErrors.permissionDenied);
  const schema = context.contracts.schemaOf(channel);
  const checked =
    schema === undefined
      ? sent
      : encodePayload(await checkedValue(schema, valueOf(sent, options.payloads)));
  const attempt = {
    channel,
    // Read by few: what nobody looks at is not parsed.
    get data(): unknown {
      return valueOf(checked, options.payloads);
    },
  };
  const grant = await context.policy.publish(attempt, session);
  const { data: replaced, tags, skipHistory, echo = options.echo } = grant;
  const data = payloadOf(replaced) ?? checked;
  if (context.handlers.watches(channel)) {
    await context.handlers.publication(channel, valueOf(data, options.payloads), session);
  }
  const info = session.subscriptions.memberIn(channel) ?? session.memberInfo();
  const publication = {
    data,
    info,
    ...(tags !== undefined && { tags: new Map(Object.entries(tags)) }),
    ...(!echo && { except: [session.id] }),
  };
  const log = skipHistory === true ? undefined : logPolicyOf(options);
  await context.broker.publish(channel, publication, { log });
  context.meter.published("client");
  respond({ publish: {} });
}
