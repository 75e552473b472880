/** The history command: a page of a channel's log. */

import type { HistoryRequest, Publication } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import { readPage } from "../channels/channel-reader.ts";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";
import { bytesOf } from "../subscriptions/catch-up.ts";
import { requireChannel } from "./permitted-channel.ts";
import { positionOf } from "./position.ts";

export async function history(call: Call, request: HistoryRequest): Promise<void> {
  const { session, context, respond } = call;
  const { maxHistoryPublications, maxRecoveredBytes } = context.options;
  const named = requireChannel(call, request.channel);
  const { channel, options } = named;
  if (!options.clientHistory) throw refuse(replyErrors.notAvailable);
  const subscribed = session.subscriptions.memberIn(channel) !== undefined;
  await context.policy.history({ channel, subscribed }, session);
  const { limit = 0, since, reverse } = request;
  const page = await readPage(context.broker, named, {
    limit: limit < 0 ? maxHistoryPublications : Math.min(limit, maxHistoryPublications),
    since: since === undefined ? undefined : positionOf(since),
    reverse,
  });
  const publications = cut(page.publications, maxRecoveredBytes);
  const bytes = bytesOf(publications);
  if (!session.allowance.reserve(bytes)) throw refuse(replyErrors.tooManyRequests);
  respond({ history: { publications, ...page.position } });
  session.allowance.release(bytes);
}

/** As many as fit into `maxBytes`, and at least one: the client asks for the rest from where the page ends. */
function cut(publications: readonly Publication[], maxBytes: number): readonly Publication[] {
  let bytes = 0;
  for (const [index, publication] of publications.entries()) {
    bytes += bytesOf([publication]);
    if (bytes > maxBytes && index > 0) return publications.slice(0, index);
  }
  return publications;
}
