import {
  type AllowedOrigins,
  ServerHandshake,
  UsageError,
  acceptHandshake,
} from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../seed.ts";
import { request } from "./head-text.ts";
import { verdict } from "./outcomes.ts";
import { testPlatform } from "./test-platform.ts";

const platform = testPlatform();

function isAllowed(
  origin: string | readonly string[],
  host: string,
  allowedOrigins?: AllowedOrigins,
): boolean {
  const asked = request({ headers: { Host: host, Origin: origin } });
  const result = acceptHandshake(asked, { allowedOrigins }, platform);
  expect(["accepted", "403 HANDSHAKE_ORIGIN"]).toContain(verdict(result));
  return result.accepted;
}

/** Origin, Host. RFC6455-10.2-1 */
const sameHost: readonly (readonly [origin: string, host: string])[] = [
  ["http://a.example", "a.example"],
  ["https://a.example", "a.example"],
  ["http://a.example", "a.example:80"],
  ["https://a.example", "a.example:443"],
  ["http://a.example:80", "a.example"],
  ["http://a.example:8080", "a.example:8080"],
  ["http://localhost:8080", "localhost:8080"],
  ["HTTP://A.Example", "a.EXAMPLE"],
  ["http://[::1]:8080", "[::1]:8080"],
  ["http://127.0.0.1", "127.0.0.1:"],
];

const foreign: readonly (readonly [origin: string, host: string])[] = [
  ["http://b.example", "a.example"],
  ["http://a.example.evil.example", "a.example"],
  ["http://sub.a.example", "a.example"],
  ["http://a.example:8080", "a.example"],
  ["http://a.example", "a.example:8080"],
  ["https://a.example", "a.example:80"],
  ["http://a.example", "a.example:443"],
  ["http://127.0.0.1", "localhost"],
  ["chrome-extension://a.example", "a.example"],
  ["ws://a.example", "a.example"],
  ["file://", "a.example"],
  ["null", "a.example"],
  ["null", "null"],
  ["", "a.example"],
  ["a.example", "a.example"],
  ["://a.example", "a.example"],
  ["http:a.example", "a.example"],
  ["http://a.example/", "a.example"],
  ["http://a.example/path", "a.example"],
  ["http://user@a.example", "a.example"],
  ["http://a.example http://a.example", "a.example"],
  ["http://a.example, http://a.example", "a.example"],
  ["http://a.example:99999", "a.example"],
  ["http://[::1", "[::1]"],
  ["1http://a.example", "a.example"],
  ["http://a.example#", "a.example"],
  ["http://\xe9.example", "a.example"],
];

describe("same host, the default", () => {
  test.each(sameHost)("%s may connect to %s", (origin, host) => {
    expect(isAllowed(origin, host)).toBe(true);
    expect(isAllowed(origin, host, "same-host")).toBe(true);
  });

  test.each(foreign)(
    "%j may not connect to %j [RFC6455-4.2.2-3, RFC6455-10.2-2]",
    (origin, host) => {
      expect(isAllowed(origin, host)).toBe(false);
    },
  );

  test("a request without Origin comes from no page and is let through [RFC6455-4.2.1-8]", () => {
    expect(isAllowed([], "a.example")).toBe(true);
    expect(isAllowed([], "a.example", [])).toBe(true);
  });

  test("two Origins are none", () => {
    expect(isAllowed(["http://a.example", "http://a.example"], "a.example")).toBe(false);
  });
});

describe("any", () => {
  test.each(["http://evil.example", "null", "", "no origin at all"])(
    "lets %j through",
    (origin) => {
      expect(isAllowed(origin, "a.example", "any")).toBe(true);
    },
  );
});

describe("a list", () => {
  const allowed = ["HTTPS://App.Example:443", "http://b.example:8080", "capacitor://localhost"];

  test.each([
    "https://app.example",
    "https://app.example:443",
    "http://b.example:8080",
    "capacitor://localhost",
  ])("lets %s through", (origin) => {
    expect(isAllowed(origin, "a.example", allowed)).toBe(true);
  });

  test.each([
    "http://app.example",
    "https://app.example:80",
    "http://b.example",
    "capacitor://localhost:80",
    "http://a.example",
    "null",
    "",
    "https://app.example/",
  ])("keeps %j out, the server's own host included", (origin) => {
    expect(isAllowed(origin, "a.example", allowed)).toBe(false);
  });

  test("lets null through only by its name", () => {
    expect(isAllowed("null", "a.example", ["null"])).toBe(true);
    expect(isAllowed("null", "a.example", ["http://null"])).toBe(false);
    expect(isAllowed("http://null", "a.example", ["null"])).toBe(false);
  });

  test.each([
    "https://a.example/",
    "a.example",
    "*",
    "https://*.example",
    "",
    "same-host",
    "https://a.example:99999",
  ])("must not name %j, which no page has", (origin) => {
    const make = () => new ServerHandshake({ allowedOrigins: [origin] }, platform);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(expect.objectContaining({ code: "USAGE_HANDSHAKE_ORIGIN" }));
  });
});

test("no Origin makes the server throw", () => {
  const latin1Value = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  });
  const almost = fc.stringMatching(/^(https?|x):\/\/[[\]a:.@/%0-9]*(:[0-9]{0,6})?$/);
  fc.assert(
    fc.property(fc.oneof(latin1Value, almost), (origin) => {
      for (const allowed of ["same-host", ["http://a"]] as const) {
        expect(typeof isAllowed(origin, "a.example", allowed)).toBe("boolean");
      }
    }),
  );
});
