/** Counts in the window's title what came in while nobody looked. */
import { useEffect, useRef } from "preact/hooks";

import type { Line } from "./conversation.ts";

export function useUnreadTitle(lines: readonly Line[], place: string): void {
  // Times, not positions: the oldest lines are dropped when there are many.
  const seenUntil = useRef(Date.now());

  useEffect(() => {
    const show = (): void => {
      if (!document.hidden) seenUntil.current = Date.now();
      const unread = lines.filter(
        (line) => line.kind === "message" && !line.own && line.at > seenUntil.current,
      ).length;
      document.title = `${unread > 0 ? `(${unread}) ` : ""}${place} · Tautline`;
    };
    show();
    document.addEventListener("visibilitychange", show);
    return () => document.removeEventListener("visibilitychange", show);
  }, [lines, place]);
}
