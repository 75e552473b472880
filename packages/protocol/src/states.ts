/**
 * The life of a connection after its handshake, as one table (RFC 6455 §7.1).
 *
 * This file alone says which states there are, what each allows and where each event leads. The engine is the only
 * one who moves along it. The diagram in docs/reference/engine-states.md is generated from it.
 */

/** What moves a connection on. */
export type EngineEvent =
  /** This side sent a Close frame first (§7.1.2). */
  | "closeSent"
  /** The peer's Close frame came; it has been answered if this side had not sent one (§5.5.1). */
  | "closeReceived"
  /** This side found the peer at fault and told it so (§7.1.7). */
  | "failed"
  /** The transport is gone, or is given up. */
  | "ended";

interface StateRow {
  /** Data and control frames may be sent. */
  readonly sends: boolean;
  /** What arrives is read; otherwise it is dropped (§5.5.1: data after Close is ignored). */
  readonly receives: boolean;
  readonly on: Partial<Record<EngineEvent, EngineState>>;
}

export type EngineState =
  /** Messages travel both ways. */
  | "open"
  /** Close sent, the peer's Close awaited; its data still counts. */
  | "closing"
  /** Both Close frames have passed; the transport is about to end (§7.1.1). */
  | "draining"
  /** The peer broke the protocol; what it still sends is dropped. */
  | "failing"
  /** Nothing more will happen. */
  | "closed";

/** The table. */
export const engineStates: Readonly<Record<EngineState, StateRow>> = Object.freeze({
  open: {
    sends: true,
    receives: true,
    on: { closeSent: "closing", closeReceived: "draining", failed: "failing", ended: "closed" },
  },
  closing: {
    sends: false,
    receives: true,
    on: { closeReceived: "draining", failed: "failing", ended: "closed" },
  },
  draining: { sends: false, receives: false, on: { ended: "closed" } },
  failing: { sends: false, receives: false, on: { ended: "closed" } },
  closed: { sends: false, receives: false, on: {} },
});

/** Where `event` leads from `state`; the same state where the event means nothing there. */
export function nextState(state: EngineState, event: EngineEvent): EngineState {
  return engineStates[state].on[event] ?? state;
}
