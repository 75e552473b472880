/** Puts the ways to a server together: which there are on this platform, and at which addresses. */

import { UsageError } from "../errors.ts";
import type { Transport } from "../options.ts";
import type { OpenLink } from "../transport.ts";
import { webSocketOpener } from "../websocket-link.ts";
import type { ListeningEvents, Listening } from "./emulated-link.ts";
import { openEmulatedLink } from "./emulated-link.ts";
import type { EventSourceConstructor } from "./event-stream.ts";
import { EventStream } from "./event-stream.ts";
import { openFallbackLink } from "./fallback-link.ts";
import type { Fetch } from "./http-port.ts";
import { HttpStream } from "./http-stream.ts";
import type { TransportMemory, TransportName } from "./ladder.ts";
import { Ladder } from "./ladder.ts";
import { Polling } from "./polling.ts";

/** What `fallback` takes. All of it is optional. */
export interface FallbackOptions {
  /** Best first, `websocket`, `http_stream`, `sse`, `http_poll` by default. Those that the platform lacks are passed over. */
  readonly transports?: readonly TransportName[] | undefined;
  /** How long a transport may take until it carries an answer, in milliseconds, before the next one is tried; 3,000. */
  readonly answerTimeoutMs?: number | undefined;
  /** How long a lower transport serves until the best one is tried again, in milliseconds; 60,000. It doubles each time. */
  readonly climbAfterMs?: number | undefined;
  /** It doubles no further than this; 900,000. */
  readonly maxClimbAfterMs?: number | undefined;
  /** Keeps the name of what worked for the next page; none by default: each client begins at the top. */
  readonly memory?: TransportMemory | undefined;
  /**
   * Addresses that are not beside that of the WebSocket. By default, `/connection/websocket` has `/connection/http_stream`,
   * `/connection/sse`, `/connection/http_poll` and `/emulation` beside it, whatever stands before.
   */
  readonly endpoints?: Readonly<Partial<Record<HttpEndpoint, string>>> | undefined;
  /** The platform's by default. */
  readonly fetch?: Fetch | undefined;
  /** The platform's by default; Node.js has none, and goes on without. */
  readonly eventSource?: EventSourceConstructor | undefined;
  /** Hears which transport a connection has, when it is known. */
  readonly onTransport?: ((transport: TransportName) => void) | undefined;
}

/** The addresses besides that of the WebSocket. */
export type HttpEndpoint = Exclude<TransportName, "websocket"> | "emulation";

/** The globals that may be missing. */
const globals: {
  readonly fetch?: Fetch;
  readonly EventSource?: EventSourceConstructor;
} = globalThis;

/** What holds when nothing is said. */
export const fallbackDefaults = Object.freeze({
  transports: Object.freeze<TransportName[]>(["websocket", "http_stream", "sse", "http_poll"]),
  answerTimeoutMs: 3_000,
  climbAfterMs: 60_000,
  maxClimbAfterMs: 900_000,
});

/**
 * Makes a transport that tries one after the other until one works, remembers which, and goes back up when it can:
 * `new Client(url, { transport: fallback() })`.
 *
 * @throws UsageError `bad-option` for a time that is not above 0, or no transports.
 */
export function fallback(options: FallbackOptions = {}): Transport {
  const { transports = fallbackDefaults.transports, memory, onTransport } = options;
  if (transports.length === 0) throw new UsageError("bad-option", "transports");
  const answerTimeoutMs = time(options, "answerTimeoutMs");
  const climbAfterMs = time(options, "climbAfterMs");
  const maxClimbAfterMs = time(options, "maxClimbAfterMs");
  return (url, webSocket, environment) => {
    const terms = { transports, memory, climbAfterMs, maxClimbAfterMs };
    const ladder = new Ladder(terms, () => environment.now());
    const rungs = openersOf(options, url, environment);
    try {
      rungs.set("websocket", webSocketOpener(url, webSocket));
    } catch {
      // This runtime has none: the next one is the best.
    }
    const setup = { environment, ladder, rungs, answerTimeoutMs, onTransport };
    return (events) => openFallbackLink(setup, events);
  };
}

/** The transports over HTTP that the platform has. */
function openersOf(
  options: FallbackOptions,
  url: URL,
  environment: Parameters<Transport>[2],
): Map<TransportName, OpenLink> {
  const openers = new Map<TransportName, OpenLink>();
  // Called as a method of something else, the browser's own refuses.
  const fetch = options.fetch ?? globals.fetch?.bind(globalThis);
  const eventSource = options.eventSource ?? globals.EventSource;
  if (fetch === undefined) return openers;
  const add = (
    name: Exclude<TransportName, "websocket">,
    listen: (url: string, events: ListeningEvents) => Listening,
  ): void => {
    const emulationUrl = addressOf(options, url, "emulation");
    const here = addressOf(options, url, name);
    const setup = {
      fetch,
      emulationUrl,
      listen: (events: ListeningEvents) => listen(here, events),
    };
    openers.set(name, (events) => openEmulatedLink(setup, events));
  };
  add("http_stream", (here, events) => new HttpStream(fetch, here, events));
  if (eventSource !== undefined) {
    add("sse", (here, events) => new EventStream(eventSource, here, events));
  }
  add("http_poll", (here, events) => new Polling({ fetch, environment }, here, events));
  return openers;
}

const besides: Readonly<Record<HttpEndpoint, string>> = {
  http_stream: "http_stream",
  sse: "sse",
  http_poll: "http_poll",
  emulation: "../emulation",
};

/** The address of a transport, from that of the WebSocket. */
function addressOf({ endpoints }: FallbackOptions, url: URL, endpoint: HttpEndpoint): string {
  const base = new URL(url);
  base.protocol = url.protocol === "wss:" ? "https:" : "http:";
  base.search = "";
  return new URL(endpoints?.[endpoint] ?? besides[endpoint], base).href;
}

type TimeName = "answerTimeoutMs" | "climbAfterMs" | "maxClimbAfterMs";

function time(options: FallbackOptions, name: TimeName): number {
  const value = options[name] ?? fallbackDefaults[name];
  if (!(value > 0)) throw new UsageError("bad-option", name);
  return value;
}
