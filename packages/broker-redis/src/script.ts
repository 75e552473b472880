/** A script that Redis runs in one step: its text, from a file of its own, and the name by which Redis remembers it. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export class Script {
  readonly text: string;
  /** Redis' name for it: the SHA-1 of its text. */
  readonly hash: string;

  /** @throws the system's error when there is no such file */
  constructor(name: string) {
    // Beside the sources, which are in the package as well.
    this.text = readFileSync(new URL(`../src/scripts/${name}.lua`, import.meta.url), "utf8");
    this.hash = createHash("sha1").update(this.text).digest("hex");
  }
}

export const scripts = Object.freeze({
  publish: new Script("publish"),
  history: new Script("history"),
  addMember: new Script("add-member"),
  removeMember: new Script("remove-member"),
  members: new Script("members"),
});
