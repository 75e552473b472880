/**
 * Polling: the page asks for what came after the last update that it has. Short polls are answered at once and asked at an even pace;
 * long ones are held by the server until there is something, and the next follows at once.
 */
import type { OpenReceiver, Receiver, ReceiverSetup } from "./receiver.ts";
import { updatesIn } from "./receiver.ts";

export const openShortPolling: OpenReceiver = (setup) => poll(setup, setup.pollMs);
export const openLongPolling: OpenReceiver = (setup) => poll(setup, 0);

function poll(setup: ReceiverSetup, paceMs: number): Receiver {
  const aborter = new AbortController();
  const { signal } = aborter;
  let last = 0;
  const ask = async (): Promise<void> => {
    const response = await fetch(setup.url(last), { signal, cache: "no-store" });
    if (!response.ok) throw new Error(`${response.status}`);
    for (const update of updatesIn(await response.json())) {
      last = Math.max(last, update.number);
      setup.heard(update);
    }
  };
  const keepAsking = async (): Promise<void> => {
    while (!signal.aborted) {
      const startedAt = performance.now();
      await ask();
      await pause(startedAt + paceMs - performance.now(), signal);
    }
  };
  keepAsking().catch((error: unknown) => {
    if (!signal.aborted) setup.failed(error instanceof Error ? error.message : String(error));
  });
  // Nothing has to be open before the first update: whoever polls asks for those before, too.
  return { ready: Promise.resolve(), close: () => aborter.abort() };
}

/** Resolves after so many milliseconds, at once when there are none, or when the signal says stop. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
