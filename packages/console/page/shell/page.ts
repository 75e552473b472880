/** What a page of the console is to the frame around it. Each page lives in a folder of its own below `pages/`. */
import type { ComponentChildren } from "preact";

import type { Dictionary } from "../language/dictionary.ts";

/** Draws a page; `parts` is the rest of the address, decoded. */
export type PageContent = (props: { parts: readonly string[] }) => ComponentChildren;

export interface Page {
  /** The first part of its address, as in `#/chat/lobby`. */
  readonly id: string;
  readonly title: (words: Dictionary) => string;
  /** Whether all of it needs the console's token. Default: false. */
  readonly guarded?: boolean;
  readonly Content: PageContent;
}
