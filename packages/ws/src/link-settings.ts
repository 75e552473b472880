/**
 * From the options of `ws` to those of the engine: its numbers, where 0 means no limit, its memory, its leniency.
 */
import { isUtf8 } from "node:buffer";
import { nodePlatform } from "@tautline/node";
import { resolveEngineSettings } from "@tautline/protocol";
import type { EngineSettings, Leniency, Platform, Role } from "@tautline/protocol";
import type { SocketOptions } from "./constants.ts";
import { asBuffer, emptyBuffer } from "./payload.ts";

const unlimited = Number.MAX_SAFE_INTEGER;

/** As `ws` reads its numbers: 32 bits, and nothing below 1 is a limit. */
function limit(value: number | undefined): number {
  const most = (value ?? 0) | 0;
  return most > 0 ? most : unlimited;
}

/** What a connection is made with beside its socket's options. */
export interface ConnectionOptions {
  readonly autoPong: boolean;
  readonly closeTimeout: number | undefined;
}

export function engineSettings(
  role: Role,
  options: SocketOptions,
  { closeTimeout }: ConnectionOptions,
): EngineSettings {
  return resolveEngineSettings(role, {
    maxMessageBytes: limit(options.maxPayload),
    maxFrameBytes: limit(options.maxPayload),
    maxFragments: limit(options.maxFragments),
    // Nobody gets that far who asks for more than may be pending.
    maxPendingPongs: unlimited,
    maxQueuedBytes: options.maxQueuedBytes ?? unlimited,
    highWaterMarkBytes: options.highWaterMarkBytes,
    // A timer of Node.js takes anything, and what is no time as 1 ms.
    closeTimeoutMs: Math.max(1, Math.trunc(Number(closeTimeout)) || 1),
    pingIntervalMs: options.pingIntervalMs ?? 0,
    pongTimeoutMs: options.pongTimeoutMs,
  });
}

/** What `ws` takes and the standard does not. */
export function leniency({ strict = false }: SocketOptions, autoPong: boolean): Leniency {
  return {
    allowLongLengthForms: !strict,
    checkUtf8AtMessageEnd: !strict,
    leavePingsUnanswered: !autoPong,
    failWithoutReason: true,
  };
}

/** Messages are Buffers here, and small ones lie in Node.js's pool: whoever uses `ws` is used to views of larger memory. */
const platform: Platform = Object.freeze({
  ...nodePlatform,
  allocate: (byteLength: number) =>
    byteLength === 0 ? emptyBuffer : Buffer.allocUnsafe(byteLength),
  // Texts are checked whole, which needs no view of a part.
  isUtf8: (bytes: Uint8Array, start: number, end: number) =>
    end - start === bytes.byteLength ? isUtf8(bytes) : isUtf8(bytes.subarray(start, end)),
});

/** Takes every byte for a character of its own, so that it comes out as it came in: see {@link reasonBytes}. */
const uncheckedPlatform: Platform = Object.freeze({
  ...platform,
  isUtf8: () => true,
  decodeUtf8: (bytes: Uint8Array, start: number, end: number) =>
    asBuffer(bytes).toString("latin1", start, end),
});

/** The bytes of a close reason that was received. Messages come as bytes anyway. */
export function reasonBytes(reason: string, { skipUTF8Validation }: SocketOptions): Buffer {
  if (reason === "") return emptyBuffer;
  return Buffer.from(reason, skipUTF8Validation ? "latin1" : "utf8");
}

/** Where the engine's memory, masking keys and judgement of texts come from. */
export function platformFor({ skipUTF8Validation, generateMask }: SocketOptions): Platform {
  const base = skipUTF8Validation ? uncheckedPlatform : platform;
  if (generateMask === undefined) return base;
  // It may leave the last key as it is; the first one is zero.
  const mask = Buffer.alloc(4);
  return {
    ...base,
    fillRandom: (key) => {
      generateMask(mask);
      key.set(mask);
    },
  };
}
