/** The interfaces themselves by Web IDL, and events: properties, constants, handlers, order. */
import { expect } from "vitest";
import { assign, event, restoring, story, thrown } from "../wpt-row.ts";
import type { Bench, Row } from "../wpt-row.ts";

const types = ["open", "message", "error", "close"] as const;
const handlers = ["onopen", "onmessage", "onerror", "onclose"] as const;
const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
const attributes = {
  url: "accessor",
  readyState: "accessor",
  bufferedAmount: "accessor",
  extensions: "accessor",
  protocol: "accessor",
  onopen: "settable",
  onerror: "settable",
  onclose: "settable",
  onmessage: "settable",
  binaryType: "settable",
};

/** The attribute has this value, and neither assigning nor deleting on the object changes it. */
function keeps(attribute: "bufferedAmount" | "readyState" | "url", path: string): Row["run"] {
  return (bench) => {
    const socket = bench.socket(path);
    const before = socket[attribute];
    assign(socket, attribute, 5);
    Reflect.deleteProperty(socket, attribute);
    expect(socket[attribute]).toBe(before);
  };
}

/** The prototype's accessor is a property like others: it can be deleted and replaced. */
function replaceable(attribute: string, how: "delete" | "getter" | "setter"): Row["run"] {
  return (bench) => {
    const { prototype } = bench.WebSocket;
    const socket = bench.socket("/");
    restoring(prototype, attribute, () => {
      if (how === "delete") {
        Reflect.deleteProperty(prototype, attribute);
        expect(Reflect.get(socket, attribute)).toBe(undefined);
      } else if (how === "getter") {
        Object.defineProperty(prototype, attribute, { get: () => "foo" });
        expect(Reflect.get(socket, attribute)).toBe("foo");
      } else {
        let ran: unknown;
        Object.defineProperty(prototype, attribute, {
          set: (value: unknown) => {
            ran = value;
          },
        });
        assign(socket, attribute, "value");
        expect(ran).toBe("value");
      }
    });
  };
}

/** No constant can be turned into an accessor. */
function undefinable(accessor: PropertyDescriptor): Row["run"] {
  return ({ WebSocket: { prototype } }) => {
    for (const name of Object.keys(constants)) {
      expect(thrown(() => Object.defineProperty(prototype, name, accessor))).toBe("TypeError");
    }
  };
}

/** Everything that has the constants has them, whatever `attempt` does to it. */
function constantsStay(attempt: (holder: object, name: string) => void): Row["run"] {
  return (bench) => {
    for (const holder of [bench.WebSocket, bench.WebSocket.prototype, bench.socket("/")]) {
      for (const [name, value] of Object.entries(constants)) {
        attempt(holder, name);
        expect(Reflect.get(holder, name)).toBe(value);
      }
    }
  };
}

/** A text frame, and behind it one with a reserved opcode, which fails the connection. */
const textAndNonsense = Uint8Array.of(129, 4, 116, 101, 115, 116, 131, 3, 76, 79, 76);

/** Plays all four kinds of events on one socket. */
async function allEvents(
  bench: Bench,
  look: (event: Event, receiver: unknown) => void,
): Promise<void> {
  const socket = bench.socket("/echo_raw");
  for (const type of types) {
    socket.addEventListener(type, function listen(this: unknown, event: Event) {
      look(event, this);
    });
  }
  socket.onopen = () => socket.send(textAndNonsense);
  expect((await story(socket)).types).toEqual(["open", "message", "error", "close"]);
}

/** The handler is called for an event that a script dispatches. */
function handles(type: (typeof types)[number]): Row["run"] {
  return (bench) => {
    const socket = bench.socket("/");
    const seen: Event[] = [];
    Reflect.set(socket, `on${type}`, (event: Event) => seen.push(event));
    const dispatched = new Event(type);
    socket.dispatchEvent(dispatched);
    expect(seen).toEqual([dispatched]);
    Reflect.set(socket, `on${type}`, null);
  };
}

/** What a handler attribute says after it has been set to `given`. */
function handlerBecomes(given: unknown, expected: unknown): Row["run"] {
  return (bench) => {
    const socket = bench.socket("/");
    for (const handler of handlers) {
      expect(socket[handler]).toBe(null);
      socket[handler] = ignore;
      expect(socket[handler]).toBe(ignore);
      Reflect.set(socket, handler, given);
      expect(socket[handler]).toBe(expected);
    }
  };
}

const ignore = (): void => undefined;
const neverCalled = { handleEvent: () => expect.unreachable() };

export const interfaceRows: readonly Row[] = [
  { file: "eventhandlers.any.js", once: true, run: handlerBecomes(2, null) },
  {
    file: "idlharness.any.js",
    name: "interface object and prototype",
    once: true,
    run: ({ WebSocket }) => {
      expect(Object.getPrototypeOf(WebSocket)).toBe(EventTarget);
      expect(Object.getPrototypeOf(WebSocket.prototype)).toBe(EventTarget.prototype);
      expect([WebSocket.name, WebSocket.length]).toEqual(["WebSocket", 1]);
      expect(Object.getOwnPropertyDescriptor(WebSocket, "prototype")?.writable).toBe(false);
      expect(WebSocket.prototype.constructor).toBe(WebSocket);
      expect(thrown(() => Reflect.apply(WebSocket, undefined, ["ws://127.0.0.1/"]))).toBe(
        "TypeError",
      );
      expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, Symbol.toStringTag)).toEqual({
        value: "WebSocket",
        writable: false,
        enumerable: false,
        configurable: true,
      });
    },
  },
  {
    file: "idlharness.any.js",
    name: "attributes",
    once: true,
    run: (bench) => {
      const { prototype } = bench.WebSocket;
      for (const [name, kind] of Object.entries(attributes)) {
        const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
        expect([name, descriptor?.enumerable, descriptor?.configurable]).toEqual([
          name,
          true,
          true,
        ]);
        expect(descriptor?.get?.name).toBe(`get ${name}`);
        expect(descriptor?.set?.name).toBe(kind === "settable" ? `set ${name}` : undefined);
        for (const receiver of [prototype, {}, undefined]) {
          expect(thrown(() => descriptor?.get?.call(receiver))).toBe("TypeError");
        }
        expect(Object.hasOwn(bench.socket("/"), name)).toBe(false);
      }
    },
  },
  {
    file: "idlharness.any.js",
    name: "operations",
    once: true,
    run: (bench) => {
      const { prototype } = bench.WebSocket;
      for (const [name, length] of Object.entries({ close: 0, send: 1 })) {
        const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
        expect(descriptor).toMatchObject({ writable: true, enumerable: true, configurable: true });
        const operation: unknown = descriptor?.value;
        if (typeof operation !== "function") throw new Error(name);
        expect([operation.name, operation.length]).toEqual([name, length]);
        expect(thrown(() => Reflect.apply(operation, {}, ["1"]))).toBe("TypeError");
      }
    },
  },
  {
    file: "idlharness.any.js",
    name: "members that are enumerated",
    once: true,
    run: ({ WebSocket }) => {
      expect(Object.keys(WebSocket.prototype).sort()).toEqual(
        [...Object.keys(attributes), ...Object.keys(constants), "close", "send"].sort(),
      );
      expect(Object.keys(WebSocket).sort()).toEqual(Object.keys(constants).sort());
    },
  },
  {
    file: "idlharness.any.js",
    name: "CloseEvent",
    once: true,
    run: ({ CloseEvent }) => {
      expect(Object.getPrototypeOf(CloseEvent.prototype)).toBe(Event.prototype);
      expect([CloseEvent.name, CloseEvent.length]).toEqual(["CloseEvent", 1]);
      for (const name of ["wasClean", "code", "reason"]) {
        const descriptor = Object.getOwnPropertyDescriptor(CloseEvent.prototype, name);
        expect(descriptor).toMatchObject({ enumerable: true, configurable: true, set: undefined });
        expect(thrown(() => descriptor?.get?.call({}))).toBe("TypeError");
      }
    },
  },
  {
    file: "interfaces/CloseEvent/constructor.html",
    once: true,
    run: ({ CloseEvent }) => {
      const bare = new CloseEvent("foo");
      expect(bare).toMatchObject({ type: "foo", bubbles: false, cancelable: false });
      expect(bare).toMatchObject({ wasClean: false, code: 0, reason: "" });
      const init = { bubbles: true, cancelable: true, wasClean: true, code: 7, reason: "x" };
      expect(new CloseEvent("foo", init)).toMatchObject({ type: "foo", ...init });
    },
  },
  {
    file: "interfaces/CloseEvent/historical.html",
    once: true,
    run: ({ CloseEvent }) => expect("initCloseEvent" in CloseEvent.prototype).toBe(false),
  },
  ...(["bufferedAmount", "readyState", "url"] as const).flatMap((attribute): Row[] => {
    const files = {
      bufferedAmount: [
        "defineProperty-getter",
        "defineProperty-setter",
        "deleting",
        "readonly",
      ].map((what) => `bufferedAmount/bufferedAmount-${what}`),
      readyState: ["readyState/004", "readyState/005", "readyState/003", "readyState/002"],
      url: ["url/005", "url/006", "url/003", "url/002"],
    };
    const runs = [
      replaceable(attribute, "getter"),
      replaceable(attribute, "setter"),
      replaceable(attribute, "delete"),
      keeps(attribute, "/"),
    ];
    return files[attribute].map((file, index) => ({
      file: `interfaces/WebSocket/${file}.html`,
      once: true,
      run: (bench) => runs[index]?.(bench),
    }));
  }),
  {
    file: "interfaces/WebSocket/bufferedAmount/bufferedAmount-initial.html",
    run: (bench) => expect(bench.socket("/").bufferedAmount).toBe(0),
  },
  {
    file: "interfaces/WebSocket/constants/001.html",
    once: true,
    run: constantsStay(() => undefined),
  },
  {
    file: "interfaces/WebSocket/constants/002.html",
    once: true,
    run: constantsStay((holder, name) => assign(holder, name, 5)),
  },
  {
    file: "interfaces/WebSocket/constants/003.html",
    once: true,
    run: constantsStay((holder, name) => void Reflect.deleteProperty(holder, name)),
  },
  {
    file: "interfaces/WebSocket/constants/004.html",
    once: true,
    run: constantsStay(() => undefined),
  },
  {
    file: "interfaces/WebSocket/constants/005.html",
    once: true,
    run: undefinable({ get: () => "foo" }),
  },
  {
    file: "interfaces/WebSocket/constants/006.html",
    once: true,
    run: undefinable({ set: () => undefined }),
  },
  {
    file: "interfaces/WebSocket/events/001.html",
    once: true,
    run: (bench) => {
      const socket = bench.socket("/");
      expect(handlers.map((handler) => socket[handler])).toEqual([null, null, null, null]);
    },
  },
  {
    file: "interfaces/WebSocket/events/002.html",
    once: true,
    run: (bench) => {
      const socket = bench.socket("/");
      for (const handler of handlers) {
        socket[handler] = ignore;
        expect(socket[handler]).toBe(ignore);
      }
    },
  },
  { file: "interfaces/WebSocket/events/003.html", once: true, run: handles("open") },
  {
    file: "interfaces/WebSocket/events/004.html",
    once: true,
    run: (bench) => {
      const socket = bench.socket("/");
      for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
        expect(typeof Reflect.get(socket, name)).toBe("function");
      }
    },
  },
  {
    file: "interfaces/WebSocket/events/006.html",
    once: true,
    run: (bench) => {
      const socket = bench.socket("/");
      for (const handler of handlers) expect(handler in socket).toBe(true);
    },
  },
  { file: "interfaces/WebSocket/events/007.html", once: true, run: handles("message") },
  { file: "interfaces/WebSocket/events/008.html", once: true, run: handles("error") },
  { file: "interfaces/WebSocket/events/009.html", once: true, run: handles("close") },
  {
    file: "interfaces/WebSocket/events/010.html",
    once: true,
    run: handlerBecomes(undefined, null),
  },
  { file: "interfaces/WebSocket/events/011.html", once: true, run: handlerBecomes(1, null) },
  { file: "interfaces/WebSocket/events/012.html", once: true, run: handlerBecomes(";", null) },
  {
    file: "interfaces/WebSocket/events/013.html",
    once: true,
    run: async (bench) => {
      await handlerBecomes(neverCalled, neverCalled)(bench);
      const socket = bench.socket("/");
      for (const type of types) {
        Reflect.set(socket, `on${type}`, neverCalled);
        socket.dispatchEvent(new Event(type));
      }
    },
  },
  { file: "interfaces/WebSocket/events/014.html", once: true, run: handlerBecomes(null, null) },
  {
    file: "interfaces/WebSocket/events/015.html",
    run: async (bench) => {
      const states: Record<string, number> = {};
      await allEvents(bench, (event) => {
        expect(event).toBeInstanceOf(Event);
        if (event.type === "message") expect(event).toBeInstanceOf(MessageEvent);
        if (event.type === "close") expect(event).toBeInstanceOf(bench.CloseEvent);
        states[event.type] = Reflect.get(event.target ?? {}, "readyState");
      });
      expect(states).toEqual({ open: 1, message: 1, error: 3, close: 3 });
    },
  },
  {
    file: "interfaces/WebSocket/events/016.html",
    run: async (bench) => {
      const socket = bench.socket();
      const order: string[] = [];
      for (const type of ["open", "message", "close"] as const) {
        socket.addEventListener(type, () => order.push(`${type} 1`));
        Reflect.set(socket, `on${type}`, () => order.push(`${type} 2`));
        socket.addEventListener(type, () => order.push(`${type} 3`));
      }
      await event(socket, "open");
      socket.send("Goodbye");
      await event(socket, "message");
      socket.close();
      await event(socket, "close");
      expect(order).toEqual(
        ["open", "message", "close"].flatMap((type) => [`${type} 1`, `${type} 2`, `${type} 3`]),
      );
    },
  },
  {
    file: "interfaces/WebSocket/events/017.html",
    run: (bench) =>
      allEvents(bench, (event, receiver) => {
        expect(receiver).toBeInstanceOf(bench.WebSocket);
        expect(event.target).toBe(receiver);
        expect(event.currentTarget).toBe(receiver);
        expect(event.eventPhase).toBe(2);
      }),
  },
  {
    file: "interfaces/WebSocket/events/018.html",
    run: async (bench) => {
      const names: string[] = [];
      await allEvents(bench, (event) => {
        names.push(Object.prototype.toString.call(event));
        expect([event.bubbles, event.cancelable]).toEqual([false, false]);
      });
      expect(names).toEqual([
        "[object Event]",
        // Before version 22, that of Node.js says "Event".
        Object.prototype.toString.call(new MessageEvent("message")),
        "[object Event]",
        "[object CloseEvent]",
      ]);
    },
  },
  {
    file: "interfaces/WebSocket/events/019.html",
    once: true,
    run: (bench) => {
      const socket = bench.socket();
      for (const type of types) {
        socket.addEventListener(type, neverCalled.handleEvent);
        socket.removeEventListener(type, neverCalled.handleEvent);
        socket.dispatchEvent(new Event(type));
      }
    },
  },
  {
    file: "interfaces/WebSocket/events/020.html",
    run: async (bench) => {
      const socket = bench.socket("/nothing-here");
      const { types } = await story(socket);
      expect(types).toEqual(["error", "close"]);
    },
  },
  {
    file: "interfaces/WebSocket/extensions/001.html",
    run: (bench) => expect(bench.socket("/").extensions).toBe(""),
  },
  {
    file: "interfaces/WebSocket/protocol/protocol-initial.html",
    run: (bench) => expect(bench.socket("/").protocol).toBe(""),
  },
  {
    file: "interfaces/WebSocket/readyState/001.html",
    run: (bench) => expect(bench.socket("/").readyState).toBe(0),
  },
  {
    file: "interfaces/WebSocket/readyState/006.html",
    run: async (bench) => expect((await bench.open()).readyState).toBe(1),
  },
  {
    file: "interfaces/WebSocket/readyState/007.html",
    run: async (bench) => {
      const socket = await bench.open();
      socket.close();
      expect(socket.readyState).toBe(2);
    },
  },
  {
    file: "interfaces/WebSocket/readyState/008.html",
    run: async (bench) => {
      const socket = await bench.open();
      socket.close();
      await event(socket, "close");
      expect(socket.readyState).toBe(3);
    },
  },
  {
    file: "interfaces/WebSocket/url/001.html",
    run: (bench) => expect(bench.socket("").url).toBe(`${bench.server.origin}/`),
  },
  {
    file: "interfaces/WebSocket/url/004.html",
    once: true,
    run: (bench) => {
      expect("URL" in bench.socket("/")).toBe(false);
      expect("URL" in bench.WebSocket.prototype).toBe(false);
    },
  },
  {
    file: "interfaces/WebSocket/url/resolve.html",
    run: (bench) => {
      expect(bench.socket("/echo?foo%20bar baz").url).toBe(bench.url("/echo?foo%20bar%20baz"));
    },
  },
];
