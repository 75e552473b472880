/** A page at the probe of a server, without a browser: orders go out, events are waited for. */
import { connect } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { onTestFinished } from "vitest";

import { serve } from "../../../src/serve/serve.ts";
import type { ServeOptions } from "../../../src/serve/options.ts";
import type { TautlineServer } from "../../../src/serve/server.ts";

export const consoleToken = "a-token-of-some-length";

export async function startServer(options: ServeOptions = {}): Promise<TautlineServer> {
  const server = await serve({ port: 0, consoleToken, ...options });
  onTestFinished(() => server.terminate());
  return server;
}

/** An event in the form in which it travels. */
export type Event = Readonly<Record<string, unknown>> & { readonly kind: string };

export class ProbePage {
  readonly line: Connection;
  readonly events: Event[] = [];
  #wake: () => void = () => undefined;

  private constructor(line: Connection) {
    this.line = line;
    line.onMessage((data) => {
      this.events.push(JSON.parse(String(data)));
      this.#wake();
    });
    line.onClose(() => this.#wake());
  }

  static async open(server: TautlineServer): Promise<ProbePage> {
    const proof = Buffer.from(consoleToken).toString("base64url");
    const url = `${server.url.replace(/^http/u, "ws")}/console/probe`;
    const line = await connect(url, { subprotocols: ["tautline-console", `bearer.${proof}`] });
    onTestFinished(() => line.terminate());
    return new ProbePage(line);
  }

  order(order: object): void {
    this.line.send(JSON.stringify(order));
  }

  /** The first event that fits, now or later. @throws Error when the line ends before that */
  async event(fits: (event: Event) => boolean): Promise<Event> {
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) return found;
      if (this.line.state === "closed") throw new Error("the line to the probe has ended");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  kind(kind: string): Promise<Event> {
    return this.event((event) => event.kind === kind);
  }

  frame(from: string, opcode: number): Promise<Event> {
    return this.event(
      (event) => event.kind === "frame" && event["from"] === from && event["opcode"] === opcode,
    );
  }

  /** Dials, and waits until frames can be sent. */
  async dial(url: string, more: object = {}): Promise<Event> {
    this.order({ do: "dial", url, ...more });
    return this.kind("handshake");
  }
}

export const textOf = (event: Event): string =>
  Buffer.from(String(event["payload"]), "base64").toString();
