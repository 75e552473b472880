/**
 * As much of EventSource as a client of the protocol uses, on `fetch`: Node.js has none before version 22. It never
 * reconnects by itself.
 */
export class TestEventSource {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: string }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly #aborter = new AbortController();

  constructor(url: string) {
    void this.#read(url).catch((error: unknown) => {
      if (!this.#aborter.signal.aborted) this.onerror?.(error);
    });
  }

  close(): void {
    this.#aborter.abort();
  }

  async #read(url: string): Promise<void> {
    const response = await fetch(url, {
      headers: { Accept: "text/event-stream" },
      signal: this.#aborter.signal,
    });
    const type = response.headers.get("content-type");
    if (!response.ok || response.body === null || type?.startsWith("text/event-stream") !== true) {
      throw new Error(`no event stream: ${response.status}`);
    }
    this.onopen?.();
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      // HTML standard §9.2.5: a line ends with CR, LF or both.
      text += chunk.replaceAll(/\r\n?/gu, "\n");
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) this.#dispatch(event);
    }
    throw new Error("the stream has ended");
  }

  #dispatch(event: string): void {
    const lines = event.split("\n").filter((line) => line.startsWith("data:"));
    const data = lines.map((line) => line.slice(line.startsWith("data: ") ? 6 : 5));
    if (data.length > 0) this.onmessage?.({ data: data.join("\n") });
  }
}
