/** One HTTP server on one port, from listening to its end. What it answers is decided elsewhere. */
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";

import type { Logger } from "@tautline/hub";

/** How long a request over plain HTTP may take to arrive, in milliseconds. */
const requestTimeoutMs = 10_000;

export interface ListenPlace {
  readonly port: number;
  readonly host: string;
  /** Whether other processes listen there as well, and the system spreads connections over them. Default: false. */
  readonly reusePort?: boolean | undefined;
}

export class Listener {
  readonly http: Server;
  readonly #logger: Logger;
  #port = 0;

  constructor(answer: RequestListener, logger: Logger) {
    this.#logger = logger;
    this.http = createServer(
      { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
      answer,
    );
  }

  /** The port it listens on; 0 before. */
  get port(): number {
    return this.#port;
  }

  /** @throws the system's error when the port cannot be had, such as `EADDRINUSE` */
  async listen({ port, host, reusePort = false }: ListenPlace): Promise<void> {
    const where = { port, host, ...(reusePort && { reusePort }) };
    await new Promise<void>((resolve, reject) => {
      this.http.once("error", reject);
      this.http.listen(where, () => {
        this.http.off("error", reject);
        resolve();
      });
    });
    const address = this.http.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
    this.http.on("error", (err) => this.#logger.error({ err }, "the HTTP server failed"));
  }

  /** Takes no new connections. Resolves when all there were have ended, at once when it never listened. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.http.close(() => resolve());
    });
  }
}
