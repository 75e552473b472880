/**
 * Notifications: a person tells another one, or everybody. The server publishes them under the sender's name as it knows it, so nobody
 * writes in another's; what has been read is told to all windows of the reader the same way, and stands in the same log.
 */
import { refuse } from "@tautline/hub";
import type { Unregister } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

import type { ConsoleContext } from "../console-part.ts";
import { fieldsOf, nameOf, textIn } from "./fields.ts";
import { everybody, inboxChannel } from "./use-channels.ts";

const longestText = 280;
const mostRead = 100;

/** Begins it; the function that is returned ends it. */
export function openNotices({ hub, clock }: ConsoleContext): Unregister {
  const withdrawSend = hub.rpc("uses.notices.send", async (data, client) => {
    const fields = fieldsOf(data);
    const id = textIn(fields, "id", { most: 64 });
    const to = textIn(fields, "to", { least: 0 });
    const text = textIn(fields, "text", { most: longestText }).trim();
    if (text === "") throw refuse(replyErrors.badRequest);
    const channel = to === "" ? everybody : inboxChannel(to);
    const notice = { kind: "notice", id, from: nameOf(client), to, text, at: clock.now() };
    // A window that does not know whether it was heard says it again.
    await hub.channel(channel).publish(notice, { idempotencyKey: id });
    return {};
  });
  const withdrawRead = hub.rpc("uses.notices.read", async (data, client) => {
    const { ids } = fieldsOf(data);
    const name = nameOf(client);
    const known = Array.isArray(ids) && ids.length > 0 && ids.length <= mostRead;
    if (name === "" || !known || !ids.every(isId)) throw refuse(replyErrors.badRequest);
    await hub.channel(inboxChannel(name)).publish({ kind: "read", ids });
    return {};
  });
  return () => {
    withdrawSend();
    withdrawRead();
  };
}

function isId(id: unknown): boolean {
  return typeof id === "string" && id.length > 0 && id.length <= 64;
}
