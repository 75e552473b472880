/**
 * How much a decoder takes. The limits are checked before the work they limit is done, so that a frame costs its sender
 * more than its reader. One interface, one object with the defaults.
 */

/** Limits of one frame. */
export interface DecodeLimits {
  /** Bytes of a frame in UTF-8. A WebSocket's own message limit should be no smaller. */
  readonly maxFrameBytes: number;
  /** Messages in a frame. Clients batch: after a reconnect, all subscriptions arrive in one frame. */
  readonly maxMessagesPerFrame: number;
  /** How deep objects and lists nest, the message itself being the first level. */
  readonly maxDepth: number;
}

/** For servers, whose clients are not trusted: 64 KiB, 512 commands, 64 levels. */
export const commandLimits: DecodeLimits = /* @__PURE__ */ Object.freeze({
  maxFrameBytes: 65_536,
  maxMessagesPerFrame: 512,
  maxDepth: 64,
});

/** For clients, whose server may send a long history in one frame: 16 MiB, 65536 replies, 128 levels. */
export const replyLimits: DecodeLimits = Object.freeze({
  maxFrameBytes: 16_777_216,
  maxMessagesPerFrame: 65_536,
  maxDepth: 128,
});
