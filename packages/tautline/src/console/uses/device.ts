/**
 * Remote control of a lamp. What it is to do is a command that the server publishes for whoever may ask; the channel keeps the newest, so a lamp
 * that was away hears of it when it is back. What the lamp did it reports itself, with the command's id as the acknowledgement.
 */
import type { Unregister } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

import type { ConsoleContext } from "../console-part.ts";
import { fieldsOf, nameOf, numberIn, textIn } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { useChannels } from "./use-channels.ts";

/** Begins it; the function that is returned ends it. */
export function openDevice({ hub, clock }: ConsoleContext): Unregister {
  const wanted = hub.channel(useChannels.wanted);
  const withdraw = hub.rpc("uses.device.command", async (data, client) => {
    const fields = fieldsOf(data);
    const id = textIn(fields, "id", { most: 64 });
    const command = { id, by: nameOf(client), at: clock.now(), ...settingsIn(fields) };
    await wanted.publish(command, { idempotencyKey: id });
    return {};
  });
  const unwatch = hub.channel(useChannels.device).onPublish((report) => {
    const fields = fieldsOf(report);
    settingsIn(fields);
    textIn(fields, "command", { least: 0, most: 64 });
    numberIn(fields, "warmth", -100, 200);
    if (Object.keys(fields).length > 6) throw refuse(replyErrors.badRequest);
  });
  return () => {
    withdraw();
    unwatch();
  };
}

/** @throws Refusal when they are none */
function settingsIn(fields: Fields): { readonly on: boolean; readonly brightness: number } {
  const { on } = fields;
  if (typeof on !== "boolean") throw refuse(replyErrors.badRequest);
  return { on, brightness: numberIn(fields, "brightness", 1, 100) };
}
