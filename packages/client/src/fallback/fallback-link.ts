/**
 * One connection over the first transport that carries an answer of the server. Each is given the connection's first frame;
 * one that fails, or says nothing for too long, is left for the next. While a lower one serves, the top is looked at now
 * and then, and when it works again, the connection ends so that the next one begins there.
 */

import type { Cancel, Environment } from "../environment.ts";
import type { Link, LinkEvents, OpenLink } from "../transport.ts";
import type { Ladder, TransportName } from "./ladder.ts";

/** A transport that this platform has. */
export interface Rung {
  readonly name: TransportName;
  readonly open: OpenLink;
}

export interface FallbackLinkSetup {
  readonly environment: Environment;
  readonly ladder: Ladder;
  /** Those that the platform has, by name. */
  readonly rungs: ReadonlyMap<TransportName, OpenLink>;
  readonly answerTimeoutMs: number;
  /** Hears which transport it is, each time. */
  readonly onTransport: ((name: TransportName) => void) | undefined;
}

/** Codes from here on are the server's own words (RFC 6455 §7.4.2): whatever carried them works. */
const firstServerCode = 3000;
const lost = 1006;
const asked = 1005;

export function openFallbackLink(setup: FallbackLinkSetup, events: LinkEvents): Link {
  const link = new FallbackLink(setup, events);
  queueMicrotask(() => link.open());
  return link;
}

class FallbackLink implements Link {
  readonly #setup: FallbackLinkSetup;
  readonly #events: LinkEvents;
  readonly #waiting: Rung[];
  #first = "";
  #current: (Rung & { readonly link: Link }) | undefined;
  #state: "new" | "trying" | "settled" | "over" = "new";
  #reason = "no transport is available";
  #cancelTimer: Cancel | undefined;
  #probe: Link | undefined;
  /** Whether the last word is this side's: then an answer may be under way. */
  #awaitsAnswer = false;
  #topWorks = false;

  constructor(setup: FallbackLinkSetup, events: LinkEvents) {
    this.#setup = setup;
    this.#events = events;
    this.#waiting = setup.ladder.order().flatMap((name) => {
      const open = setup.rungs.get(name);
      return open === undefined ? [] : [{ name, open }];
    });
  }

  open(): void {
    if (this.#state === "new") this.#events.opened();
  }

  get bufferedBytes(): number {
    return this.#current?.link.bufferedBytes ?? 0;
  }

  send(frame: string): void {
    if (this.#state === "new") {
      this.#state = "trying";
      this.#first = frame;
      this.#tryNext();
    } else if (this.#state === "settled") {
      this.#awaitsAnswer = true;
      this.#current?.link.send(frame);
    }
  }

  close(): void {
    if (this.#state === "over") return;
    const current = this.#current;
    if (this.#state === "trying" && current !== undefined) {
      this.#setup.ladder.abandoned(current.name);
    }
    if (this.#state === "settled") current?.link.close();
    else {
      // What was tried is of no account any more.
      this.#current = undefined;
      current?.link.close();
      queueMicrotask(() => this.#end(asked, ""));
    }
  }

  #tryNext(): void {
    this.#cancelTimer?.();
    this.#current = undefined;
    const rung = this.#waiting.shift();
    if (rung === undefined) return this.#end(lost, this.#reason);
    try {
      const link: Link = rung.open({
        opened: () => {
          if (this.#current?.link === link) this.#introduce(rung, link);
        },
        received: (frame) => {
          if (this.#current?.link === link) this.#receive(rung.name, frame);
        },
        closed: (code, reason) => {
          if (this.#current?.link === link) this.#closed(code, reason);
        },
      });
      this.#current = { ...rung, link };
    } catch (error) {
      this.#reason = String(error);
      return this.#tryNext();
    }
    this.#startTimer();
  }

  #introduce({ name }: Rung, link: Link): void {
    if (this.#state !== "trying") return;
    // Who lets a WebSocket through seldom stops what goes over it: from here on the server may take its time.
    if (name === "websocket") this.#cancelTimer?.();
    link.send(this.#first);
  }

  #startTimer(): void {
    const { environment, answerTimeoutMs } = this.#setup;
    this.#cancelTimer = environment.schedule(() => {
      const silent = this.#current?.link;
      this.#reason = "no answer in time";
      // The next one is tried first: the end of this one is no news.
      this.#tryNext();
      silent?.close();
    }, answerTimeoutMs);
  }

  #receive(name: TransportName, frame: string | Uint8Array): void {
    if (this.#state === "trying") {
      this.#state = "settled";
      this.#cancelTimer?.();
      this.#setup.ladder.worked(name);
      this.#setup.onTransport?.(name);
      this.#watchTop();
    }
    this.#awaitsAnswer = false;
    this.#events.received(frame);
    if (this.#topWorks) this.#climb();
  }

  #closed(code: number, reason: string): void {
    if (this.#state === "settled" || code >= firstServerCode) return this.#end(code, reason);
    this.#reason = reason;
    this.#tryNext();
  }

  /** Looks at the top when its time comes. Only a WebSocket can be looked at without connecting over it. */
  #watchTop(): void {
    const { environment, ladder, rungs } = this.#setup;
    const open = rungs.get("websocket");
    const delayMs = ladder.climbsInMs;
    if (delayMs === undefined || ladder.top !== "websocket" || open === undefined) return;
    this.#cancelTimer = environment.schedule(() => this.#lookAtTop(open), delayMs);
  }

  #lookAtTop(open: OpenLink): void {
    const { environment, ladder, answerTimeoutMs } = this.#setup;
    let done = false;
    const finish = (works: boolean): void => {
      if (done) return;
      done = true;
      this.#cancelTimer?.();
      this.#probe?.close();
      this.#probe = undefined;
      if (this.#state !== "settled") return;
      this.#topWorks = works;
      if (works) this.#climb();
      else {
        ladder.stayed();
        this.#watchTop();
      }
    };
    try {
      this.#cancelTimer = environment.schedule(() => finish(false), answerTimeoutMs);
      this.#probe = open({
        opened: () => finish(true),
        received: () => undefined,
        closed: () => finish(false),
      });
    } catch {
      finish(false);
    }
  }

  /** Ends the connection for a better one, when nothing seems to be under way. */
  #climb(): void {
    if (this.#awaitsAnswer || this.#state !== "settled") return;
    this.#setup.ladder.climb();
    const link = this.#current?.link;
    this.#end(lost, "a better transport works");
    link?.close();
  }

  #end(code: number, reason: string): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#cancelTimer?.();
    this.#probe?.close();
    this.#events.closed(code, reason);
  }
}
