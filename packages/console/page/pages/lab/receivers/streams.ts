/** Streams over HTTP: a response without end, as events that the browser takes apart (SSE), or as lines that the page does. */
import { LineSplitter } from "./line-splitter.ts";
import type { OpenReceiver } from "./receiver.ts";
import { updatesIn } from "./receiver.ts";

export const openSse: OpenReceiver = ({ url, heard, failed }) => {
  const source = new EventSource(url(0));
  const ready = new Promise<void>((resolve) => {
    source.addEventListener("open", () => resolve());
    source.addEventListener("error", () => {
      // It would try again by itself, and find a run that has gone on without it.
      source.close();
      failed("");
      resolve();
    });
  });
  source.addEventListener("message", ({ data }) => {
    for (const update of updatesIn(JSON.parse(String(data)))) heard(update);
  });
  return { ready, close: () => source.close() };
};

export const openHttpStream: OpenReceiver = ({ url, heard, failed }) => {
  const aborter = new AbortController();
  const { signal } = aborter;
  const answered = fetch(url(0), { signal, cache: "no-store" });
  const read = async (): Promise<void> => {
    const response = await answered;
    if (!response.ok || response.body === null) throw new Error(`${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const lines = new LineSplitter();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error("");
      for (const line of lines.take(value)) {
        for (const update of updatesIn(JSON.parse(line))) heard(update);
      }
    }
  };
  read().catch((error: unknown) => {
    if (!signal.aborted) failed(error instanceof Error ? error.message : String(error));
  });
  // What goes wrong before is told by the reading.
  const ready = answered.then(
    () => undefined,
    () => undefined,
  );
  return { ready, close: () => aborter.abort() };
};
