/**
 * The options of compression: one interface, one frozen set of defaults per role, one place that checks them.
 */
import { UsageError } from "../errors.ts";
import type { Role } from "../options.ts";
import { maxWindowBits, minWindowBits } from "./deflate-parameters.ts";

/** "This side" is whoever holds the options: the same names serve servers and clients. */
export interface CompressionSettings {
  /**
   * Messages below this many bytes are sent as they are. Default 1,024.
   */
  readonly thresholdBytes: number;
  /**
   * Messages from this many bytes on, compressed ones counted as they arrive, are worked on off the main thread.
   * Default 16 KiB.
   */
  readonly asyncFromBytes: number;
  /** How hard to search for repetitions, from 1, fast, to 9, small. Default 3. */
  readonly level: number;
  /** Memory of a compressor for symbols, from 1, least, to 9. Default 8. */
  readonly memoryLevel: number;
  /** Largest window this side compresses with, 2^windowBits bytes, from 8 to 15. Default 15. */
  readonly windowBits: number;
  /**
   * Largest window the peer may compress with, where it lets itself be told, from 8 to 15: a client that does not offer
   * `client_max_window_bits` uses 15 (RFC 7692 §7.1.2.2). Default 15.
   */
  readonly peerWindowBits: number;
  /**
   * Whether messages of this side may refer to those it sent before: they get smaller, and a compressor is held for
   * each connection that sends. Default: false for a server, true for a client.
   */
  readonly contextTakeover: boolean;
  /**
   * Whether messages of the peer may refer to those it sent before: up to 2^peerWindowBits bytes of them are kept for
   * each connection. Default: false for a server, true for a client.
   */
  readonly peerContextTakeover: boolean;
}

export type CompressionOptions = {
  readonly [Name in keyof CompressionSettings]?: CompressionSettings[Name] | undefined;
};

/** The defaults of a server, chosen for many connections: none of them holds memory of its own for compression. */
export const serverCompressionDefaults: CompressionSettings = Object.freeze({
  thresholdBytes: 1024,
  asyncFromBytes: 16 * 1024,
  level: 3,
  memoryLevel: 8,
  windowBits: maxWindowBits,
  peerWindowBits: maxWindowBits,
  contextTakeover: false,
  peerContextTakeover: false,
});

/** The defaults of a client, which has few connections and takes the better ratio. */
export const clientCompressionDefaults: CompressionSettings = Object.freeze({
  ...serverCompressionDefaults,
  contextTakeover: true,
  peerContextTakeover: true,
});

/** The numbers, with the least and the most that each may be. */
const ranges = [
  { name: "thresholdBytes", least: 0, most: Number.MAX_SAFE_INTEGER },
  { name: "asyncFromBytes", least: 1, most: Number.MAX_SAFE_INTEGER },
  { name: "level", least: 1, most: 9 },
  { name: "memoryLevel", least: 1, most: 9 },
  { name: "windowBits", least: minWindowBits, most: maxWindowBits },
  { name: "peerWindowBits", least: minWindowBits, most: maxWindowBits },
] as const;

type NumberName = (typeof ranges)[number]["name"];

/**
 * The settings that `given` leaves over the defaults of `role`. A member that is `undefined` counts as not given.
 *
 * @throws UsageError `USAGE_OPTION` for a number that is no integer or out of its range
 */
export function resolveCompressionSettings(
  role: Role,
  given: CompressionOptions,
): CompressionSettings {
  const defaults = role === "server" ? serverCompressionDefaults : clientCompressionDefaults;
  const numbers: Record<NumberName, number> = { ...defaults };
  for (const { name, least, most } of ranges) {
    const value = given[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      throw new UsageError(
        "USAGE_OPTION",
        `${name} must be an integer from ${least} to ${most}, not ${value}`,
      );
    }
    numbers[name] = value;
  }
  return Object.freeze({
    ...numbers,
    contextTakeover: given.contextTakeover ?? defaults.contextTakeover,
    peerContextTakeover: given.peerContextTakeover ?? defaults.peerContextTakeover,
  });
}
