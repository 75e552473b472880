/** What a page of the console is to the frame around it. Each page lives in a folder of its own below `pages/`. */
import type { ComponentChildren } from "preact";

import type { Dictionary } from "../language/dictionary.ts";

export interface Page {
  /** The first part of its address, as in `#/chat/lobby`. */
  readonly id: string;
  readonly title: (words: Dictionary) => string;
  /** Draws the page; `parts` is the rest of the address, decoded. */
  readonly Content: (props: { parts: readonly string[] }) => ComponentChildren;
}
