/**
 * The pages of the console in the order of the navigation; the first is the front page. Their code and styles come when they are
 * opened.
 */
import { lazily } from "../shell/lazily.tsx";
import type { Page } from "../shell/page.ts";

export const pages: readonly [Page, ...Page[]] = [
  {
    id: "chat",
    title: (words) => words.chat.title,
    Content: lazily(() => import("./chat/chat-page.tsx").then(({ Chat }) => Chat)),
  },
  {
    id: "uses",
    title: (words) => words.uses.title,
    Content: lazily(() => import("./uses/uses-page.tsx").then(({ Uses }) => Uses)),
  },
  {
    id: "inspector",
    title: (words) => words.inspector.title,
    guarded: true,
    Content: lazily(() =>
      import("./inspector/inspector-page.tsx").then(({ InspectorPage }) => InspectorPage),
    ),
  },
  {
    id: "lab",
    title: (words) => words.lab.title,
    Content: lazily(() => import("./lab/lab-page.tsx").then(({ LabPage }) => LabPage)),
  },
  {
    id: "dashboard",
    title: (words) => words.dashboard.title,
    guarded: true,
    Content: lazily(() =>
      import("./dashboard/dashboard-page.tsx").then(({ DashboardPage }) => DashboardPage),
    ),
  },
];
