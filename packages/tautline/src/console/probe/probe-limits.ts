/** What the probe takes and keeps at most. Whoever gives it orders has the console's token, and may still have a bug. */

export interface ProbeLimits {
  /** Pages that use it at the same time; each has one connection to look at. */
  readonly pages: number;
  /** Of a payload, so many bytes are shown. */
  readonly previewBytes: number;
  /** The longest order of a page, in characters. */
  readonly orderLength: number;
  /** The longest payload that can be sent, in bytes. */
  readonly payloadBytes: number;
  /** Frames of one order. */
  readonly frames: number;
  /** What waits for a page that does not keep up, in bytes; more is left out and counted. */
  readonly queuedBytes: number;
  /** From the name's lookup to the end of the opening handshake, in milliseconds. */
  readonly dialTimeoutMs: number;
  /** How long the other end has for ending the connection after a Close of its own or an answer that is no WebSocket. */
  readonly endTimeoutMs: number;
  /** Connections of this server that can be chosen from: the newest. */
  readonly listedConnections: number;
}

export const probeLimits: ProbeLimits = Object.freeze({
  pages: 8,
  previewBytes: 16 * 1024,
  orderLength: 1024 * 1024,
  payloadBytes: 512 * 1024,
  frames: 64,
  queuedBytes: 4 * 1024 * 1024,
  dialTimeoutMs: 10_000,
  endTimeoutMs: 2_000,
  listedConnections: 200,
});
