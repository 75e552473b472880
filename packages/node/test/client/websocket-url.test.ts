import { describe, expect, it } from "vitest";
import { parseWebSocketUrl } from "../../src/client/websocket-url.ts";

describe("parseWebSocketUrl", () => {
  it.each([
    ["ws://example.com", "example.com", 80, "example.com", "example.com", "/"],
    ["wss://example.com/a?b", "example.com", 443, "example.com", "example.com", "/a?b"],
    ["ws://example.com:8080/", "example.com", 8080, "example.com:8080", "example.com", "/"],
    ["wss://example.com:80/", "example.com", 80, "example.com:80", "example.com", "/"],
    ["ws://[::1]:81/x", "::1", 81, "[::1]:81", undefined, "/x"],
    ["wss://127.0.0.1/", "127.0.0.1", 443, "127.0.0.1", undefined, "/"],
    ["WS://EXAMPLE.com/%20 b", "example.com", 80, "example.com", "example.com", "/%20%20b"],
  ])("reads %s", (...row) => {
    const [url, hostname, port, authority, serverName, target] = row;
    expect(parseWebSocketUrl(url)).toEqual({
      secure: url.startsWith("wss"),
      hostname,
      port,
      authority,
      serverName,
      target,
      authorization: undefined,
    });
  });
});
