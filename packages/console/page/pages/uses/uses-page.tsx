/** The applications: an overview of all, and each under an address of its own. Their code comes when they are opened. */
import { lazily } from "../../shell/lazily.tsx";
import type { PageContent } from "../../shell/page.ts";
import { Overview } from "./overview.tsx";
import { isUseId } from "./use-list.ts";
import type { UseId } from "./use-list.ts";
import "./uses.css";

const contents: Readonly<Record<UseId, PageContent>> = {
  notifications: lazily(() =>
    import("./notifications/notifications.tsx").then(({ Notifications }) => Notifications),
  ),
  game: lazily(() => import("./game/game.tsx").then(({ Game }) => Game)),
  quotes: lazily(() => import("./quotes/quotes.tsx").then(({ Quotes }) => Quotes)),
  document: lazily(() => import("./document/editor.tsx").then(({ Editor }) => Editor)),
  monitor: lazily(() => import("./monitor/monitor.tsx").then(({ Monitor }) => Monitor)),
};

export function Uses(props: { parts: readonly string[] }) {
  const [id, ...parts] = props.parts;
  if (!isUseId(id)) return <Overview />;
  const Content = contents[id];
  return <Content key={id} parts={parts} />;
}
