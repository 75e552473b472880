import { describe, expect, it } from "vitest";
import { endedError } from "../../src/connection/ended-error.ts";
import { Listeners } from "../../src/connection/listeners.ts";
import { takeUncaught } from "../uncaught.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("Listeners", () => {
  it("calls all in order, and no more after they are removed", () => {
    const listeners = new Listeners<string, number>();
    const calls: string[] = [];
    const listener = (first: string, second: number): void => void calls.push(`${first}${second}`);
    const remove = listeners.add(listener);
    listeners.add(listener);
    listeners.add(() => calls.push("last"));
    listeners.emit("a", 1);
    expect(calls.splice(0)).toEqual(["a1", "a1", "last"]);
    remove();
    remove();
    expect(listeners.size).toBe(2);
    listeners.emit("b", 2);
    expect(calls).toEqual(["b2", "last"]);
  });

  it("finishes a round with those it began with", () => {
    const listeners = new Listeners();
    const calls: string[] = [];
    const removeFirst = listeners.add(() => {
      calls.push("first");
      removeFirst();
      listeners.add(() => calls.push("added"));
    });
    listeners.add(() => calls.push("second"));
    listeners.emit();
    expect(calls).toEqual(["first", "second"]);
  });

  it("lets what one throws surface as an uncaught exception, and calls the others first", async () => {
    const uncaught = takeUncaught();
    const calls: string[] = [];
    const listeners = new Listeners<string>((value) => calls.push(`fault of ${value}`));
    const bug = new Error("a listener's bug");
    listeners.add(() => {
      throw bug;
    });
    listeners.add((value) => calls.push(value));
    listeners.add(() => {
      throw new Error("another bug");
    });
    listeners.emit("value");
    expect(calls).toEqual(["fault of value", "value", "fault of value"]);
    expect(uncaught).toEqual([]);
    await turn();
    expect(uncaught).toEqual([bug, new Error("another bug")]);
  });

  it("lets what an asynchronous one rejects with surface too, but not that a connection is over", async () => {
    const uncaught = takeUncaught();
    const calls: string[] = [];
    const listeners = new Listeners<string>((value) => calls.push(`fault of ${value}`));
    const bug = new Error("a bug after a while");
    const over = endedError({ code: 1006, reason: "", wasClean: false });
    let reason: unknown = bug;
    listeners.add(async () => {
      await turn();
      throw reason;
    });
    listeners.emit("first");
    await turn();
    await turn();
    reason = over;
    listeners.emit("second");
    await turn();
    await turn();
    expect(uncaught).toEqual([bug]);
    expect(calls).toEqual(["fault of first", "fault of second"]);
  });
});
