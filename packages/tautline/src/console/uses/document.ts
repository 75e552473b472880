/**
 * What may be published in a document that many write: parts and whole states of it in Base64, and where each writer's caret is. What is in them is
 * the writers' business; they merge without the server, and the channel's log is where the document is kept.
 */
import type { Unregister } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

import type { ConsoleContext } from "../console-part.ts";
import { fieldsOf, textIn } from "./fields.ts";
import { useChannels } from "./use-channels.ts";

/** Characters of Base64; below what a frame of the hub's defaults holds. */
const longestUpdate = 48_000;
const longestPlace = 200;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/u;

/** Begins it; the function that is returned ends it. */
export function openDocument({ hub }: ConsoleContext): Unregister {
  const unwatch = [
    hub.channel(useChannels.document).onPublish((data) => {
      const fields = fieldsOf(data);
      const known = fields["kind"] === "edit" || fields["kind"] === "state";
      if (!known || Object.keys(fields).length > 2) throw refuse(replyErrors.badRequest);
      if (!base64.test(textIn(fields, "update", { most: longestUpdate }))) {
        throw refuse(replyErrors.badRequest);
      }
    }),
    hub.channel(useChannels.carets).onPublish((data) => {
      const fields = fieldsOf(data);
      textIn(fields, "anchor", { least: 0, most: longestPlace });
      textIn(fields, "head", { least: 0, most: longestPlace });
      if (Object.keys(fields).length > 2) throw refuse(replyErrors.badRequest);
    }),
  ];
  return () => {
    for (const stop of unwatch) stop();
  };
}
