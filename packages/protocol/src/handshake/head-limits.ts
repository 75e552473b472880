/**
 * How much of an HTTP head is taken before the peer has shown that it speaks WebSocket.
 *
 * Both roles read one head each; these limits hold for either. This file does not know how heads are read.
 */
export interface HeadLimits {
  /** Bytes of the head with its start line and the empty line at its end. Default 16,384, as in Node.js. */
  readonly maxHeadBytes: number;
  /**
   * Headers in the head. Default 128: browsers behind several proxies send about 40. A head with more is refused as a whole;
   * cutting off the rest could cut off the one that mattered.
   */
  readonly maxHeaderCount: number;
}

export const headLimitDefaults: HeadLimits = Object.freeze({
  maxHeadBytes: 16_384,
  maxHeaderCount: 128,
});
