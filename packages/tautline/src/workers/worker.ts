/**
 * A worker: a server of its own on the port of all, joined to the others by the broker. It takes orders from the primary
 * alone; when that is gone, `node:cluster` ends it at once.
 */
import { pageFrom } from "../metrics/metrics-page.ts";
import { systemClock } from "../serve/clock.ts";
import type { ServeOptions, ServerPart } from "../serve/options.ts";
import { startServer } from "../serve/serve.ts";
import type { TautlineServer } from "../serve/server.ts";
import type { Order, Report, WorkerTerms } from "./crew-messages.ts";
import { workerVariable } from "./crew-messages.ts";
import { LocalBroker } from "./local-broker.ts";
import { sharesPorts } from "./port-sharing.ts";

/** What this process was told if it is a worker. */
export function workerTerms(
  env: Readonly<Record<string, string | undefined>>,
): WorkerTerms | undefined {
  const text = env[workerVariable];
  return text === undefined || process.send === undefined ? undefined : JSON.parse(text);
}

/** Runs it. Resolves to whether it could start, when it is over. `explain` says to people why it could not. */
export async function work(
  options: ServeOptions,
  terms: WorkerTerms,
  explain: (error: unknown) => string,
): Promise<boolean> {
  const orders = new Orders();
  let server: TautlineServer;
  try {
    server = await startServer(optionsOf(options, terms), orders.part(options));
  } catch (error) {
    report({ kind: "failed", message: explain(error) });
    process.disconnect();
    return false;
  }
  const over = orders.follow(server);
  report({ kind: "listening", port: server.port, open: server.open });
  await over;
  if (process.connected) process.disconnect();
  return true;
}

/** What is one for all is the primary's: the internal port, and the directory of the broker. */
function optionsOf(options: ServeOptions, terms: WorkerTerms): ServeOptions {
  const { port, broker: path, consoleToken } = terms;
  const inside = options.internalPort !== undefined;
  return {
    ...options,
    port,
    consoleToken,
    broker: path === undefined ? options.broker : new LocalBroker({ path, clock: systemClock }),
    dataDir: undefined,
    metrics: options.metrics ?? inside,
    internalPort: undefined,
    api: inside ? undefined : options.api,
  };
}

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}

class Orders {
  readonly #joins = new Map<number, (text: string) => void>();
  #values: (() => Promise<object[]>) | undefined;
  #ids = 0;

  /** How this server differs from one that is alone. */
  part({ internalPort }: ServeOptions): ServerPart {
    return {
      reusePort: sharesPorts(),
      metricsPage: (_, values) => {
        this.#values = values;
        return internalPort === undefined ? pageFrom(() => this.#joined()) : undefined;
      },
    };
  }

  /** Does what the primary says. Resolves when the server is over. */
  follow(server: TautlineServer): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (ended: Promise<void>): void => void ended.then(resolve, reject);
      process.on("message", (order: Order) => {
        switch (order.kind) {
          case "stop":
            end(server.close());
            break;
          case "force":
            end(server.terminate());
            break;
          case "joined":
            this.#heard(order.id, order.text);
            break;
          case "metrics":
            void this.#tell(order.id);
            break;
        }
      });
    });
  }

  #joined(): Promise<string> {
    const id = (this.#ids += 1);
    return new Promise((resolve) => {
      this.#joins.set(id, resolve);
      report({ kind: "join", id });
    });
  }

  #heard(id: number, text: string): void {
    this.#joins.get(id)?.(text);
    this.#joins.delete(id);
  }

  async #tell(id: number): Promise<void> {
    report({ kind: "metrics", id, values: (await this.#values?.()) ?? [] });
  }
}
