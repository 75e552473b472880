/** Being somewhere over the page's line, whichever client it has at the time: a person who takes another name comes over a new one. */
import type { Client } from "@tautline/client";

import type { HubLine } from "../../line/hub-line.ts";

/** Calls `enter` with the line's client and with each later one; what it returns ends the visit before the next. */
export function attend(line: HubLine, enter: (client: Client) => () => void): () => void {
  let leave: (() => void) | undefined;
  const visit = (client: Client | undefined): void => {
    leave?.();
    leave = client === undefined ? undefined : enter(client);
  };
  const stop = line.client.onChange(visit);
  visit(line.client.value);
  return () => {
    stop();
    leave?.();
  };
}
