/**
 * Under which keys Redis has what belongs to a channel. All of a channel's are in one slot of a cluster: the part in braces
 * is what counts there, and nothing in a name can end it early or leave it empty.
 */

export class Keys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** What hubs subscribe to. */
  topic(channel: string): string {
    return this.#of(channel, "topic");
  }

  /** Where one hub hears what is meant for it. */
  node(name: string): string {
    return `${this.#prefix}:{node:${name}}`;
  }

  /** Where all hubs hear what is meant for all. */
  get nodes(): string {
    return `${this.#prefix}:{nodes}`;
  }

  position(channel: string): string {
    return this.#of(channel, "position");
  }

  log(channel: string): string {
    return this.#of(channel, "log");
  }

  result(channel: string, key: string): string {
    return this.#of(channel, `result:${JSON.stringify(key)}`);
  }

  members(channel: string): string {
    return this.#of(channel, "members");
  }

  memberTimes(channel: string): string {
    return this.#of(channel, "member-times");
  }

  #of(channel: string, what: string): string {
    // As JSON, so that half a surrogate pair, which UTF-8 cannot carry, stays apart from another.
    const name = JSON.stringify(channel).replaceAll("}", "\\u007d");
    return `${this.#prefix}:{${name}}:${what}`;
  }
}
