// How often the hub pings, as the command line, the environment and a configuration file have it.
import { hubDefaults } from "@tautline/hub";
import { describe, expect, it } from "vitest";

import { pingChoice, pingSettings } from "../../src/cli/ping-options.ts";
import { optionsFrom } from "../../src/cli/serve/options-from.ts";
import { serveSettings } from "../../src/cli/serve/serve-settings.ts";
import { choose } from "../../src/cli/settings/choose.ts";

const choice = (flags: Record<string, string>, env: Record<string, string> = {}) =>
  pingChoice(choose(pingSettings, { flags, env }));

const { pingIntervalMs, pongTimeoutMs } = hubDefaults;

describe("pings", () => {
  it.each([
    { name: "nothing", flags: {}, env: {}, expected: { pingIntervalMs, pongTimeoutMs } },
    {
      name: "a flag",
      flags: { "ping-seconds": "40" },
      env: { TAUTLINE_PING_SECONDS: "9" },
      expected: { pingIntervalMs: 40_000, pongTimeoutMs },
    },
    {
      name: "variables",
      flags: {},
      env: { TAUTLINE_PING_SECONDS: "60", TAUTLINE_PONG_SECONDS: "2.5" },
      expected: { pingIntervalMs: 60_000, pongTimeoutMs: 2500 },
    },
    {
      name: "pings that come too fast for the usual patience",
      flags: { "ping-seconds": "5" },
      env: {},
      expected: { pingIntervalMs: 5000, pongTimeoutMs: 2500 },
    },
    {
      name: "none",
      flags: { "ping-seconds": "0", "pong-seconds": "9" },
      env: {},
      expected: { pingIntervalMs: 0, pongTimeoutMs: 9000 },
    },
    {
      name: "pings that nobody has to answer",
      flags: { "pong-seconds": "0" },
      env: {},
      expected: { pingIntervalMs, pongTimeoutMs: 0 },
    },
  ])("come from $name", ({ flags, env, expected }) => {
    expect(choice(flags, env)).toEqual(expected);
  });

  it("are those of the server's hub", async () => {
    const choices = choose(serveSettings, { flags: { "ping-seconds": "7" }, env: {} });
    const { hub } = await optionsFrom(choices);
    expect(hub).toMatchObject({ pingIntervalMs: 7000, pongTimeoutMs: 3500 });
  });

  it("are answered before the next one, in whole seconds between", () => {
    expect(() => choice({ "ping-seconds": "10", "pong-seconds": "10" })).toThrow(
      "--pong-seconds has to be less than --ping-seconds",
    );
    expect(() => choice({ "ping-seconds": "1.5" })).toThrow("--ping-seconds takes a whole number");
  });
});
