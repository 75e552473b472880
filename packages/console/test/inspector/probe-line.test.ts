import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ProbeLine } from "../../page/pages/inspector/probe-line.ts";

/** A browser's WebSocket that opens when the test says so: a real one opens too soon to be left before. */
class SlowSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static last: SlowSocket | undefined;
  readyState = SlowSocket.CONNECTING;
  readonly closedIn: number[] = [];

  constructor() {
    super();
    SlowSocket.last = this;
  }

  open(): void {
    this.readyState = SlowSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  close(): void {
    this.closedIn.push(this.readyState);
  }
}

beforeEach(() => {
  vi.stubGlobal("WebSocket", SlowSocket);
  vi.stubGlobal("location", { href: "http://localhost/#/inspector" });
});
afterEach(() => vi.unstubAllGlobals());

it("gives up a connection no sooner than it is open, for a browser reports what is given up before as a failure", () => {
  const line = new ProbeLine();
  const socket = SlowSocket.last;
  line.close();
  expect(socket?.closedIn).toEqual([]);
  socket?.open();
  expect(socket?.closedIn).toEqual([SlowSocket.OPEN]);
});

it("closes one that is open at once", () => {
  const line = new ProbeLine();
  SlowSocket.last?.open();
  line.close();
  expect(SlowSocket.last?.closedIn).toEqual([SlowSocket.OPEN]);
});
