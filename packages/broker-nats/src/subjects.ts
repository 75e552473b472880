/**
 * Under which names NATS has what belongs to a channel. A channel may be called anything; a subject is made of tokens
 * between dots, in which stars, spaces and the like mean something or are refused. So letters, digits, `-` and `_` stand
 * for themselves, everything else for its bytes. Nobody reads a name back.
 */

import { createHash } from "node:crypto";

/** Longer tokens are replaced: the server takes no line beyond 4,096 bytes, in which a subject may stand twice. */
const longestToken = 800;

/** @throws RangeError unless the prefix is one token, and one that may stand in names of streams */
function requirePrefix(prefix: string): void {
  if (/^[A-Za-z0-9_-]{1,64}$/u.test(prefix)) return;
  throw new RangeError("prefix takes up to 64 letters, digits, - and _");
}

/** One token for a text; different ones for different texts. */
export function tokenOf(text: string): string {
  let token = "";
  for (const character of text) token += /^[\w-]$/u.test(character) ? character : coded(character);
  if (token === "") return "=";
  if (token.length <= longestToken) return token;
  // Half surrogate pairs have codes of their own by now, so that the token stands for the text.
  return `=h${createHash("sha256").update(token).digest("hex")}`;
}

/** UTF-8 cannot carry half a surrogate pair; `u` is no digit of the others. */
function coded(character: string): string {
  if (/^\p{Surrogate}$/u.test(character)) {
    return `=u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  }
  return Array.from(new TextEncoder().encode(character), (byte) => {
    return `=${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

export class Subjects {
  readonly #prefix: string;

  /** @throws RangeError when `prefix` cannot begin a subject */
  constructor(prefix: string) {
    requirePrefix(prefix);
    this.#prefix = prefix;
  }

  /** The names of streams and buckets. */
  name(what: "log" | "live" | "results" | "members" | "hubs"): string {
    return `${this.#prefix}-${what}`;
  }

  /** What a channel's log is made of; `all` for the logs of all channels. */
  log(channel: string): string {
    return `${this.#prefix}.log.${tokenOf(channel)}`;
  }

  /** What passes without being kept. */
  live(channel: string): string {
    return `${this.#prefix}.live.${tokenOf(channel)}`;
  }

  /** What hubs listen to. */
  heard(channel: string): string {
    return `${this.#prefix}.heard.${tokenOf(channel)}`;
  }

  /** Where one hub hears what is meant for it. */
  node(name: string): string {
    return `${this.#prefix}.node.${tokenOf(name)}`;
  }

  /** Where all hubs hear what is meant for all. */
  get nodes(): string {
    return `${this.#prefix}.nodes`;
  }

  /** All subjects of a kind. */
  all(kind: "log" | "live" | "heard"): string {
    return `${this.#prefix}.${kind}.>`;
  }
}
