/** What is said of the limits that one client reaches: the meter hears each time, the log once for each limit. */

import type { Logger } from "../ports/logger.ts";
import type { LimitName, Meter } from "../ports/meter.ts";

/** The client that is spoken of. */
interface Subject {
  readonly id: string;
  readonly user: string;
}

export class LimitLog {
  readonly #tools: { readonly logger: Logger; readonly meter: Meter };
  readonly #subject: Subject;
  /** Absent until the first. */
  #logged: Set<LimitName> | undefined;

  constructor(tools: { readonly logger: Logger; readonly meter: Meter }, subject: Subject) {
    this.#tools = tools;
    this.#subject = subject;
  }

  /** The client has reached `limit`; what it is told of it is said elsewhere. */
  reached(limit: LimitName): void {
    const { meter, logger } = this.#tools;
    meter.limitReached(limit);
    this.#logged ??= new Set();
    if (this.#logged.has(limit)) return;
    this.#logged.add(limit);
    const { id, user } = this.#subject;
    logger.info({ client: id, user, limit }, "a client has reached a limit");
  }
}
