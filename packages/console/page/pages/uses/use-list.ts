/** The applications in the order of the overview, and where their sources are in the repository. */

export const useIds = ["notifications", "game", "quotes", "document", "monitor"] as const;
export type UseId = (typeof useIds)[number];

const page = "packages/console/page/pages";
const server = "packages/tautline/src/console/uses";

/** The files to read, the page's side first. */
export const sources: Readonly<Record<UseId | "chat", readonly string[]>> = {
  chat: [`${page}/chat/room.ts`],
  notifications: [`${page}/uses/notifications/post-box.ts`, `${server}/notices.ts`],
  game: [`${page}/uses/game/playground.ts`, `${server}/game.ts`],
  quotes: [`${page}/uses/quotes/ticker.ts`, `${server}/quotes.ts`],
  document: [`${page}/uses/document/shared-note.ts`, `${server}/document.ts`],
  monitor: [`${page}/uses/monitor/lamp-line.ts`, `${server}/monitor.ts`, "examples/device.mjs"],
};

export function isUseId(text: string | undefined): text is UseId {
  return useIds.some((id) => id === text);
}
