/**
 * The server's side of the console's applications. They talk over the hub as any application would, and need no requests of their own: the part is
 * there so that they begin and end with the console.
 */
import type { Unregister } from "@tautline/hub";

import type { ConsoleContext, ConsolePart } from "../console-part.ts";
import { openDevice } from "./device.ts";
import { openDocument } from "./document.ts";
import { openGame } from "./game.ts";
import { openMonitor } from "./monitor.ts";
import { openNotices } from "./notices.ts";
import { openQuotes } from "./quotes.ts";

const applications: readonly ((context: ConsoleContext) => Unregister)[] = [
  openNotices,
  openGame,
  openQuotes,
  openDocument,
  openMonitor,
  openDevice,
];

/** Begins them all. */
export function usesPart(context: ConsoleContext): ConsolePart {
  const ends = applications.map((open) => open(context));
  return {
    name: "uses",
    guarded: false,
    close() {
      for (const end of ends) end();
    },
  };
}
