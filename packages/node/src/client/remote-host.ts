/**
 * Where a host name leads, and whose turn it is to connect there.
 *
 * RFC 6455 §4.1 lets a client have one handshake under way per remote address at a time, whatever the names it is known
 * by, so that a server is never met by a crowd. Names are therefore looked up first, and attempts at the same
 * addresses and port take turns.
 */
import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { isIP } from "node:net";

/** Leaves the turn to the next one. Safe to call more than once. */
export type LeaveTurn = () => void;

export class RemoteHost {
  readonly #addresses: readonly LookupAddress[];

  /** @param addresses at least one */
  constructor(addresses: readonly LookupAddress[]) {
    this.#addresses = addresses;
  }

  /** Looks `hostname` up. Rejects with the system's error when it leads nowhere. */
  static async find(hostname: string): Promise<RemoteHost> {
    const family = isIP(hostname);
    if (family !== 0) return new RemoteHost([{ address: hostname, family }]);
    return new RemoteHost(await lookup(hostname, { all: true }));
  }

  /** What names have in common that lead to the same place. */
  get identity(): string {
    return this.#addresses
      .map(({ address }) => address)
      .toSorted()
      .join();
  }

  /** Answers a socket's question for the address with what is known already. */
  get lookup(): LookupFunction {
    return (_hostname, { all }, callback) => {
      const [first = { address: "", family: 0 }] = this.#addresses;
      if (all === true) callback(null, [...this.#addresses]);
      else callback(null, first.address, first.family);
    };
  }
}

export class Turns {
  /** Who waits, by place; a place that is listed is taken. */
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Resolves when nobody else is at `place`. It is this one's until it leaves. */
  take(place: string): Promise<LeaveTurn> {
    return new Promise((resolve) => {
      const begin = (): void => {
        let left = false;
        resolve(() => {
          if (left) return;
          left = true;
          this.#next(place);
        });
      };
      const line = this.#waiting.get(place);
      if (line !== undefined) {
        line.push(begin);
        return;
      }
      this.#waiting.set(place, []);
      begin();
    });
  }

  #next(place: string): void {
    const begin = this.#waiting.get(place)?.shift();
    if (begin === undefined) this.#waiting.delete(place);
    else begin();
  }
}

/** The turns of this process. */
export const sharedTurns = new Turns();
