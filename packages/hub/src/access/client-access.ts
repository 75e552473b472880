/** What a client was granted for the whole of its connection. It keeps the grant; who renews it is decided elsewhere. */

import type { Capability, Operation } from "./capabilities.ts";
import { permits } from "./capabilities.ts";
import type { Renewal, TermSetup } from "./term.ts";
import { Term } from "./term.ts";

/** What is granted for a connection. */
interface AccessGrant {
  /** Milliseconds since 1970; absent when it does not expire. */
  readonly expiresAtMs?: number | undefined;
  /** Absent when nothing was said about them. */
  readonly capabilities?: readonly Capability[] | undefined;
  /** What only the server sees. */
  readonly meta?: unknown;
}

export class ClientAccess {
  readonly term: Term;
  #capabilities: readonly Capability[] | undefined;
  #meta: unknown;

  /** `over` is called when the connection's time is over. */
  constructor(setup: TermSetup, over: () => void) {
    this.term = new Term(setup, over);
  }

  get meta(): unknown {
    return this.#meta;
  }

  /** Whether it was said what the client may do: then the hub's being open gives it no more. */
  get limited(): boolean {
    return this.#capabilities !== undefined;
  }

  /** Whether the capabilities of the connection allow the operation. */
  permits(operation: Operation, channel: string): boolean {
    return permits(this.#capabilities ?? [], operation, channel);
  }

  /** Takes a grant, the first or another one; what it does not mention besides the time stays. */
  take({ expiresAtMs, capabilities, meta }: AccessGrant, renewal?: Renewal): void {
    this.#capabilities = capabilities ?? this.#capabilities;
    this.#meta = meta ?? this.#meta;
    this.term.set(expiresAtMs, renewal);
  }
}
