/** The probe as a part of the console: pages come to it over WebSocket, a fixed number at the same time. */
import type { Connection, UpgradeRequest } from "@tautline/node";
import { CloseCode } from "@tautline/protocol";

import type { ConsoleContext, ConsolePart } from "../console-part.ts";
import { AllowedHosts } from "./allowed-hosts.ts";
import type { Endpoint } from "./allowed-hosts.ts";
import { ConnectionRegister } from "./connection-register.ts";
import { wallClock } from "./probe-events.ts";
import type { ProbeEvent } from "./probe-events.ts";
import { probeLimits } from "./probe-limits.ts";
import { ProbePage } from "./probe-page.ts";

export class ProbePart implements ConsolePart {
  readonly name = "probe";
  readonly guarded = true;
  readonly #context: ConsoleContext;
  readonly #hosts: AllowedHosts;
  readonly #register: ConnectionRegister;
  readonly #pages = new Map<Connection, ProbePage>();

  constructor(context: ConsoleContext) {
    this.#context = context;
    const { probeHosts, consoleToken } = context.settings;
    this.#hosts = new AllowedHosts(probeHosts);
    // Without a token nobody can come and look.
    const webSockets = consoleToken === undefined ? new Map() : context.webSockets;
    this.#register = new ConnectionRegister(context.hub, webSockets);
  }

  accept(line: Connection, { raw }: UpgradeRequest): void {
    if (this.#pages.size >= probeLimits.pages) return refuse(line);
    const { localAddress, localPort } = raw.socket;
    this.#pages.set(
      line,
      new ProbePage({
        line,
        hosts: this.#hosts,
        register: this.#register,
        here: endpoint(localAddress, localPort),
        logger: this.#context.logger,
      }),
    );
    line.onClose(() => void this.#pages.delete(line));
    return undefined;
  }

  close(): void {
    for (const page of this.#pages.values()) page.end();
    this.#register.close();
  }
}

function refuse(line: Connection): void {
  const event: ProbeEvent = { kind: "end", at: wallClock(), reason: "too-many-pages" };
  line.send(JSON.stringify(event));
  line.onMessage(() => undefined);
  line.close(CloseCode.tryAgainLater, "too many pages use the probe");
}

/** IPv4 inside IPv6 is written as it would be dialled. */
function endpoint(address: string | undefined, port: number | undefined): Endpoint | undefined {
  if (address === undefined || port === undefined) return undefined;
  return { address: address.replace(/^::ffff:(?=\d+\.)/iu, ""), port };
}
