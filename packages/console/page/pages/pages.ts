/** The pages of the console in the order of the navigation; the first is the front page. */
import type { Page } from "../shell/page.ts";
import { chatPage } from "./chat/chat-page.tsx";

export const pages: readonly [Page, ...Page[]] = [chatPage];
