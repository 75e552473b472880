import { ConnectionFailed, LimitExceeded, UsageError } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { binary, close, continuation, filler, more, ping, pong, text } from "./frame-bytes.ts";
import { fails, said, sent } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";

const roles = ["server", "client"] as const;
const lost = fails("CONNECTION_LOST").events;

describe.each(roles)("a %s's closing handshake", (role) => {
  test("has a deadline from this side's Close frame on", () => {
    const observed = new ObservedEngine(role, { closeTimeoutMs: 700 }, 100).close(1000);
    expect(observed.engine.nextDeadline).toBe(800);
    observed.engine.tick(799);
    expect(observed.engine.state).toBe("closing");
    observed.engine.tick(800);
    expect(observed.events).toEqual(fails("CONNECTION_CLOSE_TIMEOUT").events);
    expect(observed.engine).toMatchObject({
      state: "closed",
      transportAction: "destroy",
      nextDeadline: Infinity,
    });
  });

  test("is clean, once both Close frames have passed, though the transport does not end in time", () => {
    const observed = new ObservedEngine(role, { closeTimeoutMs: 700 }, 100);
    observed.receive(close(1000, "bye")).pass(700);
    expect(observed.events).toEqual([said.closedCleanly(1000, "bye")]);
    expect(observed.engine.transportAction).toBe("destroy");
  });

  test("gets its whole time again when the peer's Close frame comes", () => {
    const observed = new ObservedEngine(role, { closeTimeoutMs: 700 }).close(1000).pass(600);
    observed.receive(close(1000));
    expect(observed.engine.nextDeadline).toBe(1300);
  });

  test("is not clean when the transport ends before the peer's Close frame", () => {
    const observed = new ObservedEngine(role).close(1000).receiveEnd();
    expect(observed.events).toEqual(lost);
  });

  test("answers at once [RFC6455-5.5.1-6]", () => {
    expect(new ObservedEngine(role).receive(close(4000)).output()).toEqual([sent.close(4000)]);
  });

  test("goes before pongs that wait, which the peer will not read", () => {
    const observed = new ObservedEngine(role);
    observed.engine.sendText("in flight");
    observed.engine.takeOutput();
    observed.receive(ping("waits"), close(1000));
    observed.engine.outputWritten();
    expect(observed.output()).toEqual([sent.close(1000)]);
  });
});

describe("the transport", () => {
  test("is ended at once by a server, when both Close frames have passed [RFC6455-5.5.1-7, RFC6455-5.5.1-8, RFC6455-7.1.1-2, RFC6455-7.1.1-3]", () => {
    const answering = new ObservedEngine("server");
    expect(answering.engine.transportAction).toBe("keep");
    expect(answering.receive(close(1000)).engine.transportAction).toBe("end");
    const starting = new ObservedEngine("server").close(1000);
    expect(starting.engine.transportAction).toBe("keep");
    expect(starting.receive(close(1000)).engine.transportAction).toBe("end");
  });

  test("is left to the server by a client, for a time [RFC6455-5.5.1-7, RFC6455-5.5.1-9, RFC6455-7.1.1-4]", () => {
    const observed = new ObservedEngine("client", { closeTimeoutMs: 50 }).receive(close(1000));
    expect(observed.engine.transportAction).toBe("keep");
    observed.pass(50);
    expect(observed.engine.transportAction).toBe("destroy");
    expect(observed.events).toEqual([said.closedCleanly(1000)]);
  });

  test("that the server ends closes a client in order [RFC6455-5.5.1-7]", () => {
    const observed = new ObservedEngine("client").receive(close(1000)).receiveEnd();
    expect(observed.engine).toMatchObject({ state: "closed", transportAction: "end" });
  });

  test.each(roles)(
    "is ended by a %s that fails the connection, after its Close frame, and told to the application [RFC6455-7.1.7-1, RFC6455-7.1.7-2, RFC6455-7.1.7-3, RFC6455-7.1.7-4]",
    (role) => {
      const observed = new ObservedEngine(role, { closeTimeoutMs: 50 });
      observed.receive(text("x", { reserved: 1 }));
      expect(observed.engine.transportAction).toBe("end");
      expect(observed.output()).toEqual(fails("PROTOCOL_RESERVED_BITS").output);
      expect(observed.events).toEqual([]);
      observed.pass(50);
      expect(observed.engine.transportAction).toBe("destroy");
      expect(observed.events).toEqual(fails("PROTOCOL_RESERVED_BITS").events);
    },
  );

  test.each(roles)("that is lost fails a %s's connection [RFC6455-7.2.1-2]", (role) => {
    const observed = new ObservedEngine(role).receiveEnd(new Error("reset"));
    expect(observed.events).toEqual(lost);
    expect(observed.engine.transportAction).toBe("end");
  });

  test("that is lost leaves its cause in the error", () => {
    const cause = new Error("reset by peer");
    const ends: unknown[] = [];
    const observed = new ObservedEngine("server").handle({
      closed: ({ error }) => ends.push(error),
    });
    observed.receiveEnd(cause);
    expect(ends).toMatchObject([
      { cause, message: expect.stringContaining("reset by peer") as string },
    ]);
  });

  test.each([
    ["within a frame", Uint8Array.of(0x81, 0x05, 0x48)],
    ["within a fragmented message", text("half", more)],
  ])("that is lost %s loses that message", (_, wire) => {
    const observed = new ObservedEngine("client").receive(wire).receiveEnd();
    expect(observed.events).toEqual(lost);
  });

  test("does not end twice", () => {
    const observed = new ObservedEngine("server").receiveEnd().receiveEnd(new Error("again"));
    observed.engine.abort(new ConnectionFailed("CONNECTION_LOST"), 0);
    expect(observed.events).toEqual(lost);
    expect(observed.engine.transportAction).toBe("end");
  });
});

describe.each(roles)("a %s that is closed", (role) => {
  test("hears, sends and awaits nothing [RFC6455-6.1-2]", () => {
    const observed = new ObservedEngine(role).receiveEnd();
    observed.receive(text("late"), close(1000)).close(1000);
    observed.engine.ping();
    observed.engine.tick(1e9);
    expect(observed.engine.sendText("late")).toBe(false);
    expect(observed.engine.sendBinary(filler(1))).toBe(false);
    expect(observed.engine).toMatchObject({
      nextDeadline: Infinity,
      hasOutput: false,
      bufferedBytes: 0,
    });
    expect(observed.events).toEqual(lost);
  });
});

describe("abort", () => {
  test("gives the connection up with what waits to be sent", () => {
    const observed = new ObservedEngine("server");
    observed.engine.sendText("never sent");
    observed.engine.abort(new ConnectionFailed("CONNECTION_LOST", "for a test"), 0);
    expect(observed.engine).toMatchObject({
      transportAction: "destroy",
      hasOutput: false,
      bufferedBytes: 0,
    });
    expect(observed.events).toEqual(lost);
  });

  test("does so in the middle of the closing handshake", () => {
    const observed = new ObservedEngine("client").close(1000);
    observed.engine.abort(new ConnectionFailed("CONNECTION_CLOSE_TIMEOUT"), 0);
    expect(observed.events).toEqual(fails("CONNECTION_CLOSE_TIMEOUT").events);
  });

  test("reports the close code of an error that has one", () => {
    const observed = new ObservedEngine("server");
    observed.engine.abort(new LimitExceeded("LIMIT_MESSAGE_BYTES"), 0);
    expect(observed.events).toEqual(fails("LIMIT_MESSAGE_BYTES").events);
  });
});

describe("misuse", () => {
  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 1000.5, Number.NaN])(
    "closing with code %d throws and changes nothing [RFC6455-7.4.1-1, RFC6455-7.4.1-2, RFC6455-7.4.1-4]",
    (code) => {
      const observed = new ObservedEngine("server");
      expect(() => observed.close(code)).toThrow(UsageError);
      expect(observed.engine).toMatchObject({ state: "open", hasOutput: false });
    },
  );

  test("closing with a reason and no code throws [RFC6455-5.5.1-1]", () => {
    expect(() => new ObservedEngine("server").close(undefined, "why")).toThrow(UsageError);
  });

  test("closing with a reason of 124 bytes throws, one of 123 is sent whole [RFC6455-5.5-1]", () => {
    const observed = new ObservedEngine("server");
    expect(() => observed.close(1000, "é".repeat(62))).toThrow(UsageError);
    const longest = `x${"é".repeat(61)}`;
    expect(observed.close(1000, longest).output()).toEqual([sent.close(1000, longest)]);
  });

  test.each(["ping", "pong"] as const)(
    "a %s of 126 bytes throws, one of 125 is sent [RFC6455-5.5-1]",
    (name) => {
      const observed = new ObservedEngine("server");
      expect(() => observed.engine[name](filler(126))).toThrow(UsageError);
      observed.engine[name](filler(125));
      expect(observed.output()).toEqual([sent[name](filler(125))]);
    },
  );
});

function aborting({ engine }: ObservedEngine): () => void {
  return () => engine.abort(new ConnectionFailed("CONNECTION_LOST"), 0);
}

describe("handlers", () => {
  test("may send: the answer follows at once", () => {
    const observed = new ObservedEngine("server");
    observed.handle({ text: (message) => observed.engine.sendText(`${message}!`) });
    observed.receive(text("one"), text("two"));
    expect(observed.output()).toEqual([sent.text("one!"), sent.text("two!")]);
  });

  test("may close: what is under way is still read, up to the peer's Close frame", () => {
    const observed = new ObservedEngine("server");
    observed.handle({ text: () => observed.close(1000) });
    observed.receive(text("one"), binary(filler(2)), close(1000), text("ignored")).receiveEnd();
    expect(observed.events).toEqual([
      said.text("one"),
      said.binary(filler(2)),
      said.closedCleanly(1000),
    ]);
  });

  test.each(["text", "binary", "ping", "pong"] as const)(
    "may abort on %s: nothing is told after closed",
    (name) => {
      const observed = new ObservedEngine("server");
      observed.handle({ [name]: aborting(observed) });
      const wire = {
        text: [text("a", more), continuation("b")],
        binary: [binary(filler(3))],
        ping: [ping()],
        pong: [pong()],
      };
      observed.receive(...wire[name], text("more"), ping(), close(1000));
      expect(observed.events).toHaveLength(2);
      expect(observed.events.slice(1)).toEqual(lost);
      expect(observed.engine.hasOutput).toBe(false);
    },
  );

  test("that hear a text in one piece may abort too", () => {
    const observed = new ObservedEngine("client");
    observed.handle({ text: aborting(observed) });
    observed.receive(text("whole"), text("bad", { reserved: 1 }));
    expect(observed.events).toEqual([said.text("whole"), ...lost]);
  });
});

test.each([7, true, Uint8Array.of(1), { toString: () => "why" }])(
  "a close reason of %o is the caller's mistake, and nothing is sent",
  (reason) => {
    const { engine } = new ObservedEngine("server");
    expect(() => engine.close(1000, reason as string, 0)).toThrow("close reason");
    expect(engine).toMatchObject({ state: "open", hasOutput: false });
  },
);
