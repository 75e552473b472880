/**
 * Stock quotes: the market's picture twice a second, for as long as somebody looks. The channel keeps the newest picture for whoever comes, and
 * sends the others what is different in the next one. Servers that are one publish each picture once: its tick is the key.
 */
import type { Unregister } from "@tautline/hub";

import type { ConsoleContext } from "../console-part.ts";
import { Market, tickMs } from "./market.ts";
import type { Picture } from "./market.ts";
import { Show } from "./show.ts";
import { useChannels } from "./use-channels.ts";

const keyLivesMs = 10_000;

/** Begins it; the function that is returned ends it. */
export function openQuotes({ hub, clock, logger }: ConsoleContext): Unregister {
  const market = new Market("hitch");
  const channel = hub.channel<Picture>(useChannels.quotes);
  const show = new Show({
    hub,
    clock,
    channel: channel.name,
    everyMs: tickMs,
    step: (now) => {
      const tick = market.tickAt(now);
      const once = { idempotencyKey: `tick-${tick}`, idempotencyTtlMs: keyLivesMs };
      channel.publish(market.picture(tick), once).catch((err: unknown) => {
        logger.warn({ err }, "quotes could not be published");
      });
    },
  });
  const withdraw = hub.rpc("uses.quotes.watch", (_, client) => {
    const tick = market.tickAt(clock.now());
    show.admit(client);
    return { tickMs, ...market.picture(tick), past: market.past(tick) };
  });
  return () => {
    withdraw();
    show.close();
  };
}
