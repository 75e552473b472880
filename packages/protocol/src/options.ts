/**
 * The engine's options: one interface, one frozen set of defaults, one place that checks them.
 */
import { UsageError } from "./errors.ts";

/** Which end of the connection this is (RFC 6455 §5.1: a client masks, a server does not). */
export type Role = "server" | "client";

/** Every size is finite by default, and checked before memory is taken. */
export interface EngineLimits {
  /**
   * Largest message, all fragments together, in bytes. Default 16 MiB; none (2^53 - 1) where messages are received as
   * streams, for they are not gathered. Beyond it: close code 1009.
   */
  readonly maxMessageBytes: number;
  /** Largest payload of one frame, in bytes. Default as that of `maxMessageBytes`. Beyond it: close code 1009. */
  readonly maxFrameBytes: number;
  /**
   * Most frames that one message may come in. Default 16,384; none where messages are received as streams. Beyond it: close
   * code 1008.
   */
  readonly maxFragments: number;
  /**
   * Most bytes that may wait for a peer that does not read, frame headers included. Default 64 MiB. What happens to a
   * message that would pass it is {@link EngineChoices.whenQueueFull}'s to say.
   */
  readonly maxQueuedBytes: number;
  /** From this many waiting bytes on, `send` answers false. Default 1 MiB. */
  readonly highWaterMarkBytes: number;
  /**
   * Most pongs that may wait for a peer that pings and does not read; older ones make room for newer ones
   * (RFC 6455 §5.5.3). Default 16.
   */
  readonly maxPendingPongs: number;
}

/** Times in milliseconds. */
export interface EngineTimes {
  /** How long the closing handshake and the end of the transport may take. Default 10,000. */
  readonly closeTimeoutMs: number;
  /**
   * Time between two pings, less up to a tenth at random so that many connections do not ping at once. 0: none.
   * Default 25,000 for a server, 0 for a client.
   */
  readonly pingIntervalMs: number;
  /** How long after a ping the peer may stay silent before it counts as gone. Default 20,000. */
  readonly pongTimeoutMs: number;
}

/** What becomes of a message for which `maxQueuedBytes` leaves no room. */
export type QueuePolicy = (typeof queuePolicies)[number];

const queuePolicies = ["close", "refuse", "drop"] as const;

/** In which form messages are received. */
export type ReceiveForm = (typeof receiveForms)[number];

const receiveForms = ["messages", "streams"] as const;

export interface EngineChoices {
  /**
   * What happens to a message that would pass `maxQueuedBytes`. Default `"close"`.
   *
   * - `"close"`: the connection fails with 1013, "try again later" (`LIMIT_QUEUED_BYTES`). What waited is dropped, so
   *   that the Close frame comes next; if the peer does not take that either, `closeTimeoutMs` ends it.
   * - `"refuse"`: `send` throws `USAGE_QUEUE_FULL`, and nothing else changes.
   * - `"drop"`: the message is dropped and counted, and `send` answers false.
   *
   * A ping that finds no room is left out, except that `"close"` closes.
   */
  readonly whenQueueFull: QueuePolicy;
  /**
   * Whether messages are received whole, or as streams while they arrive, however long they are. Default `"messages"`.
   */
  readonly receive: ReceiveForm;
}

export type EngineSettings = EngineLimits & EngineTimes & EngineChoices;

/** What may be given for each setting; `undefined` counts as not given. */
export type GivenEngineSettings = {
  readonly [Name in keyof EngineSettings]?: EngineSettings[Name] | undefined;
};

const MiB = 1024 * 1024;

/**
 * The defaults of a server; a client's differ in `pingIntervalMs`, which is 0, and where messages are received as streams
 * their length has no limit.
 */
export const engineDefaults: EngineSettings = Object.freeze({
  maxMessageBytes: 16 * MiB,
  maxFrameBytes: 16 * MiB,
  maxFragments: 16_384,
  maxQueuedBytes: 64 * MiB,
  highWaterMarkBytes: MiB,
  maxPendingPongs: 16,
  closeTimeoutMs: 10_000,
  pingIntervalMs: 25_000,
  pongTimeoutMs: 20_000,
  whenQueueFull: "close",
  receive: "messages",
});

/** What is handed on as it arrives costs no memory for its length. */
const streamsLimits = {
  maxMessageBytes: Number.MAX_SAFE_INTEGER,
  maxFrameBytes: Number.MAX_SAFE_INTEGER,
  maxFragments: Number.MAX_SAFE_INTEGER,
};

type NumberName = keyof (EngineLimits & EngineTimes);

const settingNames = [
  "maxMessageBytes",
  "maxFrameBytes",
  "maxFragments",
  "maxQueuedBytes",
  "highWaterMarkBytes",
  "maxPendingPongs",
  "closeTimeoutMs",
  "pingIntervalMs",
  "pongTimeoutMs",
] as const satisfies readonly NumberName[];

/** What may be 0; every other setting is at least 1. */
const mayBeZero: ReadonlySet<string> = new Set<NumberName>([
  "pingIntervalMs",
  "highWaterMarkBytes",
]);

/**
 * The settings that `given` leaves over the defaults of `role`. A member that is `undefined` counts as not given.
 *
 * @throws UsageError `USAGE_OPTION` for a number that is no safe integer or below its minimum, and for
 *   another word than those of a choice
 */
export function resolveEngineSettings(role: Role, given: GivenEngineSettings): EngineSettings {
  const { whenQueueFull = engineDefaults.whenQueueFull, receive = engineDefaults.receive } = given;
  checkChoice("whenQueueFull", whenQueueFull, queuePolicies);
  checkChoice("receive", receive, receiveForms);
  const limits = receive === "streams" ? streamsLimits : undefined;
  const settings: Record<NumberName, number> = { ...engineDefaults, ...limits };
  if (role === "client") settings.pingIntervalMs = 0;
  for (const name of settingNames) {
    const value = given[name];
    if (value === undefined) continue;
    const minimum = mayBeZero.has(name) ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < minimum) {
      throw new UsageError(
        "USAGE_OPTION",
        `${name} must be an integer from ${minimum}, not ${value}`,
      );
    }
    settings[name] = value;
  }
  return Object.freeze({ ...settings, whenQueueFull, receive });
}

function checkChoice(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new UsageError("USAGE_OPTION", `${name} must be one of ${allowed.join(", ")}`);
}
