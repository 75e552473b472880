/**
 * What an engine is given and what it tells: its options and its events.
 */
import type { BlockPool } from "./block-pool.ts";
import type { CloseStatus } from "./close-frame.ts";
import type { ConnectionEnd } from "./connection-end.ts";
import type { FrameError } from "./frame-reader.ts";
import type { Leniency } from "./leniency.ts";
import type { MessageParts } from "./message-parts.ts";
import type { MessageTransform } from "./message-transform.ts";
import type { EngineSettings, GivenEngineSettings, Role } from "./options.ts";
import type { Platform } from "./platform.ts";

/** Takes what arrives. Called from within `receive`, `proceed` and `tick`; must not throw. */
export interface EngineEvents {
  text(message: string): void;
  /** Where it is there, called instead of `text`, with the UTF-8 as it came: checked, and the handler's to keep. */
  utf8?(message: Uint8Array): void;
  /** `message` belongs to the handler; the engine does not touch it again. */
  binary(message: Uint8Array): void;
  /** The pong is queued already, unless {@link Leniency.leavePingsUnanswered} is set. `payload` belongs to the handler. */
  ping(payload: Uint8Array): void;
  /** `payload` belongs to the handler. */
  pong(payload: Uint8Array): void;
  /** The peer's Close frame came, and has been answered. `closed` follows when the transport has ended. */
  closeReceived?(status: CloseStatus): void;
  /** The peer is at fault, and has been told so. `closed` follows when the transport has ended. */
  failed?(error: FrameError): void;
  /** Once, and last. */
  closed(end: ConnectionEnd): void;
}

export type EngineOptions = {
  readonly role: Role;
  readonly platform: Platform;
  readonly events: EngineEvents;
  /** The time at which the connection opened, in milliseconds of any clock that never runs back. */
  readonly now: number;
  /** Output memory, shared by all connections of one platform. Default: a pool of the engine's own. */
  readonly blocks?: BlockPool | undefined;
  /** Takes messages where `receive` is "streams"; `text` and `binary` of the events are not called then. */
  readonly parts?: MessageParts | undefined;
  /** What the extension in force does to messages. Default: nothing, as no extension is in force. */
  readonly transform?: MessageTransform | undefined;
  /**
   * Called when work that the extension does elsewhere is back, or can go on: the adapter is to call `proceed`. Never called from
   * within one of the engine's methods, and only with a `transform`.
   */
  readonly ready?: (() => void) | undefined;
  /** What is taken beyond the standard. Default: nothing. */
  readonly leniency?: Partial<Leniency> | undefined;
  /**
   * All settings at once, as `resolveEngineSettings` has returned them, to be shared by many engines. Single ones are not
   * looked at then.
   */
  readonly settings?: EngineSettings | undefined;
} & GivenEngineSettings;

/** What the adapter should do with the transport once it has written all output. */
export type TransportAction =
  /** Keep it. */
  | "keep"
  /** End this side of it, after what is queued. */
  | "end"
  /** Give it up now, with what is queued. */
  | "destroy";
