import type { EngineEvent, EngineState } from "@tautline/protocol";
import { engineStates, nextState } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { close, text } from "./frame-bytes.ts";
import { ObservedEngine } from "./observed-engine.ts";

const states = Object.keys(engineStates) as EngineState[];

/** What brings an engine into each state. */
const enter: Record<EngineState, (observed: ObservedEngine) => unknown> = {
  open: () => undefined,
  closing: (observed) => observed.close(1000),
  draining: (observed) => observed.receive(close(1000)),
  failing: (observed) => observed.receive(text("", { reserved: 1 })),
  closed: (observed) => observed.receiveEnd(),
};

/** What makes each event happen, where it can. */
const happen: Record<EngineEvent, (observed: ObservedEngine) => unknown> = {
  closeSent: enter.closing,
  closeReceived: enter.draining,
  failed: enter.failing,
  ended: enter.closed,
};

describe("the table of states", () => {
  test.each(
    states.flatMap((state) =>
      (Object.keys(happen) as EngineEvent[]).map((event) => ({ state, event })),
    ),
  )("is what the engine does: $event in $state", ({ state, event }) => {
    const observed = new ObservedEngine("server");
    enter[state](observed);
    expect(observed.engine.state).toBe(state);
    happen[event](observed);
    expect(observed.engine.state).toBe(engineStates[state].on[event] ?? state);
  });

  test("never lets a state that no longer sends send again, nor one that no longer receives receive", () => {
    const back = states.flatMap((state) =>
      Object.values(engineStates[state].on).filter((next) => {
        const [from, to] = [engineStates[state], engineStates[next]];
        return (to.sends && !from.sends) || (to.receives && !from.receives);
      }),
    );
    expect(back).toEqual([]);
  });

  test("leads to where it says, and elsewhere nowhere", () => {
    expect(nextState("open", "closeSent")).toBe("closing");
    expect(nextState("draining", "failed")).toBe("draining");
    expect(states.map((state) => nextState(state, "ended"))).toEqual(states.map(() => "closed"));
  });

  test("sends messages while open only [RFC6455-6.1-2, RFC6455-5.5.1-4]", () => {
    expect(states.filter((state) => engineStates[state].sends)).toEqual(["open"]);
  });
});
