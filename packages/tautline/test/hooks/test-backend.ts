/** A backend that answers hooks as a test says, good or bad. */
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { HookName } from "tautline";

export interface Asked {
  readonly headers: IncomingHttpHeaders;
  /** As it arrived. */
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** Answers with JSON, or does to the response what it likes and gives nothing. */
export type Behaviour = (asked: Asked, response: ServerResponse) => unknown;

export class TestBackend {
  readonly asked: Asked[] = [];
  /** How the next requests are answered; the last one stays. */
  behaviours: Behaviour[] = [() => ({ result: {} })];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const body = JSON.parse(text) as Record<string, unknown>;
        const one = { headers: request.headers, text, body };
        this.asked.push(one);
        const [behaviour] =
          this.behaviours.length > 1 ? this.behaviours.splice(0, 1) : this.behaviours;
        const answer = behaviour?.(one, response);
        if (answer !== undefined) response.end(JSON.stringify(answer));
      });
    });
  }

  static async start(): Promise<TestBackend> {
    const backend = new TestBackend();
    await new Promise<void>((resolve) => {
      backend.#server.listen(0, "127.0.0.1", resolve);
    });
    return backend;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** An address for each of these hooks. */
  urls(...hooks: readonly HookName[]): Partial<Record<HookName, string>> {
    return Object.fromEntries(hooks.map((hook) => [hook, `${this.url}/${hook}`]));
  }

  /** The bodies it was asked with. */
  get bodies(): Record<string, unknown>[] {
    return this.asked.map(({ body }) => body);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
