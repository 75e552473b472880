/** What listeners may do: throw, cause events, add and remove each other. */

import type { Client } from "@tautline/client";
import { encodePayload } from "@tautline/wire";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { defaultEnvironment } from "@tautline/client";
import { settle } from "./fake-environment.ts";
import { World } from "./world.ts";

let world: World;
let client: Client;
let heard: string[];

beforeEach(async () => {
  world = new World();
  client = await world.connected();
  heard = [];
});

const message = (data: string): void =>
  world.server.socket.reply({ push: { message: { data: encodePayload(data) } } });
const listener =
  (name: string) =>
  ({ data }: { readonly data: unknown }): void => {
    heard.push(`${name} ${String(data)}`);
  };

describe("listeners", () => {
  test("one that throws is reported, the others hear the event, and the client goes on", () => {
    const failure = new Error("of the application");
    client.onMessage(() => {
      throw failure;
    });
    client.onMessage(listener("second"));
    message("a");
    message("b");
    expect(heard).toEqual(["second a", "second b"]);
    expect(world.environment.errors).toEqual([failure, failure]);
    expect(client.state).toBe("connected");
  });

  test("an event caused by a listener reaches everybody after the one that caused it", () => {
    client.onMessage(({ data }) => {
      heard.push(`first ${String(data)}`);
      if (data === "a") message("b");
    });
    client.onMessage(listener("second"));
    message("a");
    expect(heard).toEqual(["first a", "second a", "first b", "second b"]);
  });

  test("one that was removed by another is not called any more, one that was added waits", () => {
    client.onMessage(() => {
      remove();
      client.onMessage(listener("late"));
    });
    const remove = client.onMessage(listener("removed"));
    message("a");
    expect(heard).toEqual([]);
    message("b");
    expect(heard).toEqual(["late b"]);
  });

  test("the same function added twice is two listeners, each removed by its own cancel", () => {
    const same = listener("same");
    const remove = client.onMessage(same);
    client.onMessage(same);
    message("a");
    remove();
    remove();
    message("b");
    expect(heard).toEqual(["same a", "same a", "same b"]);
  });

  test("a report that throws does not silence what comes after", () => {
    vi.spyOn(world.environment, "reportError").mockImplementation(() => {
      throw new Error("of the report");
    });
    client.onMessage(({ data }) => {
      heard.push(String(data));
      if (data === "a") throw new Error("of the application");
    });
    expect(() => message("a")).toThrow("of the report");
    message("b");
    expect(heard).toEqual(["a", "b"]);
  });
});

describe("the default place for errors of listeners", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("is reportError where there is one", () => {
    const reported: unknown[] = [];
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const failure = new Error("of the application");
    defaultEnvironment.reportError(failure);
    expect(reported).toEqual([failure]);
  });

  test("is an uncaught exception where there is none", async () => {
    const thrown: unknown[] = [];
    vi.stubGlobal("setTimeout", (callback: () => void) => {
      try {
        callback();
      } catch (error) {
        thrown.push(error);
      }
    });
    const failure = new Error("of the application");
    defaultEnvironment.reportError(failure);
    await settle();
    expect(thrown).toEqual([failure]);
  });
});
