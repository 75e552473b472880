/**
 * One attempt at a connection, from the token to the end of the link: it dials, sends the connect command, answers
 * pings, notices when they stop, and hands on replies and pushes. It ends exactly once and is never used again; whether
 * another one follows is the connector's business.
 */

import type { Codec, Command, ConnectRequest, ConnectResult, Push, Reply } from "@tautline/wire";
import { reconnectsAfter, replyLimits } from "@tautline/wire";
import { connectionClosed, leastErrorCode, tokenExpired } from "./codes.ts";
import type { Cancel, Environment } from "./environment.ts";
import { isUnauthorized } from "./errors.ts";
import type { Reason, SessionEnd } from "./reasons.ts";
import { reasons } from "./reasons.ts";
import type { Link, OpenLink } from "./transport.ts";

/** The id of the connect command, the first of every connection. Other commands take ids above it. */
export const connectId = 1;

/** Frames of several commands stay below these, which are well below what servers take. */
const maxBatchLength = 16_384;
const maxBatchCommands = 128;

export interface SessionEvents {
  established(result: ConnectResult): void;
  /** A reply to a command other than connect; `id` is above `connectId`. */
  reply(id: number, reply: Reply): void;
  push(push: Push): void;
  /** Once, and the last event; not after `close`. */
  ended(end: SessionEnd): void;
}

export interface SessionSetup {
  readonly environment: Environment;
  readonly codec: Codec;
  readonly openLink: OpenLink;
  readonly connectTimeoutMs: number;
  readonly pingGraceMs: number;
  /** Makes the connect command's request; the attempt fails when it throws or rejects. */
  readonly connectRequest: () => Promise<ConnectRequest> | ConnectRequest;
  readonly events: SessionEvents;
}

export class Session {
  readonly #setup: SessionSetup;
  #phase: "new" | "opening" | "live" | "ended" = "new";
  #link: Link | undefined;
  #cancelConnectTimer: Cancel | undefined;
  #cancelPingTimer: Cancel | undefined;
  #heardAt = 0;
  /** How long silence may last; infinite when the server sends no pings. */
  #silenceMs = Number.POSITIVE_INFINITY;
  #wantsPong = false;
  #closed: (() => void) | undefined;

  constructor(setup: SessionSetup) {
    this.#setup = setup;
  }

  /** Bytes that wait in the link. */
  get bufferedBytes(): number {
    return this.#link?.bufferedBytes ?? 0;
  }

  /** Starts the attempt. `ended` may come before this returns. */
  start(): void {
    const { environment, connectTimeoutMs, connectRequest } = this.#setup;
    this.#phase = "opening";
    this.#cancelConnectTimer = environment.schedule(
      () => this.#end(reasons.connectTimeout, true),
      connectTimeoutMs,
    );
    try {
      const request = connectRequest();
      if (request instanceof Promise) this.#dialLater(request);
      else this.#dial(request);
    } catch (error) {
      this.#failToken(error);
    }
  }

  /** Sends encoded commands in order, in as few frames as is decent. Only once established. */
  send(commands: readonly (string | Uint8Array)[]): void {
    const { codec } = this.#setup;
    let batch: (string | Uint8Array)[] = [];
    let length = 0;
    for (const command of commands) {
      const full = length + command.length > maxBatchLength || batch.length === maxBatchCommands;
      if (full && batch.length > 0) {
        this.#link?.send(codec.join(batch));
        batch = [];
        length = 0;
      }
      batch.push(command);
      length += command.length + 1;
    }
    if (batch.length > 0) this.#link?.send(codec.join(batch));
  }

  /** Ends the session if its server has been silent for too long, for when timers may have slept. */
  checkSilence(): void {
    if (this.#phase !== "live") return;
    const left = this.#heardAt + this.#silenceMs - this.#setup.environment.now();
    if (left <= 0) this.#end(reasons.noPing, true);
    // At most the whole interval: the clock may have been set back.
    else if (left !== Number.POSITIVE_INFINITY) this.#watch(Math.min(left, this.#silenceMs));
  }

  /** Ends the session from this side, without an event. Resolves when the link is closed. */
  close(): Promise<void> {
    const link = this.#link;
    const over = this.#phase === "ended";
    this.#stop();
    if (link === undefined || over) return Promise.resolve();
    return new Promise((resolve) => {
      this.#closed = resolve;
      link.close();
    });
  }

  #dialLater(request: Promise<ConnectRequest>): void {
    request.then(
      (ready) => this.#dial(ready),
      (error: unknown) => this.#failToken(error),
    );
  }

  #dial(request: ConnectRequest): void {
    if (this.#phase !== "opening") return;
    const command = this.#setup.codec.encodeCommand({ id: connectId, connect: request });
    try {
      this.#link = this.#setup.openLink({
        opened: () => {
          if (this.#phase === "opening") this.#link?.send(command);
        },
        received: (frame) => this.#receive(frame),
        closed: (code, reason) => this.#linkClosed(code, reason),
      });
    } catch (error) {
      this.#end({ code: reasons.transportClosed.code, reason: String(error) }, true);
    }
  }

  #failToken(error: unknown): void {
    if (isUnauthorized(error)) return this.#end(reasons.unauthorized, false);
    const { code, reason } = reasons.tokenFailed;
    this.#end({ code, reason: `${reason}: ${String(error)}` }, true);
  }

  #receive(frame: string | Uint8Array): void {
    if (this.#phase === "ended") return;
    this.#heardAt = this.#setup.environment.now();
    const { messages, fault } = this.#setup.codec.decodeReplies(frame, replyLimits);
    // What stands behind the message that ended the session finds it ended.
    for (const message of messages) this.#take(message);
    if (fault !== undefined) {
      const { code, reason } = reasons.badFrame;
      this.#end({ code, reason: `${reason}: ${fault.detail}` }, true);
    }
  }

  #take(reply: Reply): void {
    const id = reply.id ?? 0;
    if (id === connectId) this.#takeConnect(reply);
    else if (this.#phase !== "live") return;
    else if (id !== 0) this.#setup.events.reply(id, reply);
    else if (reply.push === undefined) this.#pong();
    else this.#takePush(reply.push);
  }

  #takeConnect({ connect, error }: Reply): void {
    if (this.#phase !== "opening") return;
    if (error !== undefined) {
      const again =
        error.temporary === true || error.code < leastErrorCode || error.code === tokenExpired;
      this.#end({ code: error.code, reason: error.message }, again);
      return;
    }
    this.#phase = "live";
    this.#cancelConnectTimer?.();
    const pingSeconds = connect?.ping ?? 0;
    if (pingSeconds > 0) {
      this.#silenceMs = pingSeconds * 1000 + this.#setup.pingGraceMs;
      this.#wantsPong = connect?.pong === true;
      this.#watch(this.#silenceMs);
    }
    this.#setup.events.established(connect ?? {});
  }

  #takePush(push: Push): void {
    if (push.disconnect === undefined) this.#setup.events.push(push);
    else {
      const { code = connectionClosed, reason = "" } = push.disconnect;
      this.#end({ code, reason }, reconnectsAfter(code));
    }
  }

  #pong(): void {
    const empty: Command = {};
    if (this.#wantsPong) this.#link?.send(this.#setup.codec.encodeCommand(empty));
  }

  #watch(delayMs: number): void {
    this.#cancelPingTimer?.();
    this.#cancelPingTimer = this.#setup.environment.schedule(() => this.checkSilence(), delayMs);
  }

  #linkClosed(code: number, reason: string): void {
    this.#closed?.();
    // 1005 and 1006 are the platform's words for "no code" and "no close frame" (RFC 6455 §7.1.5).
    const text = reason === "" ? reasons.transportClosed.reason : reason;
    this.#end({ code, reason: text }, reconnectsAfter(code));
  }

  #end(reason: Reason, reconnect: boolean): void {
    if (this.#phase === "ended") return;
    this.#stop();
    this.#link?.close();
    this.#setup.events.ended({ code: reason.code, reason: reason.reason, reconnect });
  }

  #stop(): void {
    this.#phase = "ended";
    this.#cancelConnectTimer?.();
    this.#cancelPingTimer?.();
  }
}
