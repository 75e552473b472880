import { describe, expect, it } from "vitest";
import { parseProxyUrl, proxyFromEnvironment } from "../../src/client/proxy-url.ts";
import { parseWebSocketUrl } from "../../src/client/websocket-url.ts";

describe("parseProxyUrl", () => {
  it.each([
    ["http://a.example", "http", "a.example", 80, "a.example"],
    ["https://a.example", "https", "a.example", 443, "a.example"],
    ["socks5://[::1]", "socks5", "::1", 1080, undefined],
    ["socks5h://127.0.0.1:9", "socks5", "127.0.0.1", 9, undefined],
  ])("reads %s", (...row) => {
    const [url, kind, hostname, port, serverName] = row;
    expect(parseProxyUrl(url)).toEqual({
      kind,
      hostname,
      port,
      serverName,
      credentials: undefined,
    });
  });
});

describe("proxyFromEnvironment", () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ["ws://h/", {}, undefined],
    ["ws://h/", { HTTP_PROXY: "http://p" }, "p"],
    ["ws://h/", { HTTP_PROXY: "p:81" }, "p"],
    ["ws://h/", { HTTP_PROXY: "http://p", http_proxy: "http://q" }, "q"],
    ["ws://h/", { HTTP_PROXY: "http://p", http_proxy: "" }, "p"],
    ["ws://h/", { HTTPS_PROXY: "http://p" }, undefined],
    ["wss://h/", { HTTPS_PROXY: "http://p", HTTP_PROXY: "http://q" }, "p"],
    ["wss://h/", { HTTP_PROXY: "http://q" }, undefined],
    ["wss://h/", { ALL_PROXY: "socks5://s" }, "s"],
    ["ws://h/", { all_proxy: "socks5://s", http_proxy: "http://p" }, "p"],
    // What a visitor's header "Proxy" becomes in a CGI program.
    ["ws://h/", { HTTP_PROXY: "http://evil", REQUEST_METHOD: "GET" }, undefined],
    ["ws://h/", { http_proxy: "http://p", REQUEST_METHOD: "GET" }, "p"],
  ])("finds the one for %s in %j", (url, variables, hostname) => {
    expect(proxyFromEnvironment(parseWebSocketUrl(url), variables)?.hostname).toBe(hostname);
  });

  it.each([
    ["*", "ws://any.example/", true],
    ["a.example", "ws://a.example/", true],
    ["A.Example.", "ws://a.example/", true],
    ["a.example", "ws://a.example./", true],
    ["a.example", "ws://b.a.example/", true],
    [".a.example", "ws://b.a.example/", true],
    [".a.example", "ws://a.example/", true],
    ["*.a.example", "ws://b.a.example/", true],
    ["a.example", "ws://nota.example/", false],
    ["a.example", "ws://a.example.org/", false],
    ["x,a.example y", "ws://a.example/", true],
    ["x a.example,y", "ws://a.example/", true],
    ["a.example:80", "ws://a.example/", true],
    ["a.example:80", "ws://a.example:81/", false],
    ["a.example:443", "wss://a.example/", true],
    ["*:81", "ws://a.example:81/", true],
    ["*:81", "ws://a.example:82/", false],
    ["127.0.0.1", "ws://127.0.0.1:9/", true],
    ["127.0.0.1", "ws://127.0.0.10/", false],
    ["::1", "ws://[::1]/", true],
    ["[::1]:80", "ws://[::1]/", true],
    ["[::1]:81", "ws://[::1]/", false],
    ["", "ws://a.example/", false],
    [",", "ws://a.example/", false],
    [".", "ws://a.example/", false],
  ])("with NO_PROXY %j for %s: excepted is %s", (noProxy, url, excepted) => {
    const variables = { ALL_PROXY: "http://p", NO_PROXY: noProxy };
    const proxy = proxyFromEnvironment(parseWebSocketUrl(url), variables);
    expect(proxy === undefined).toBe(excepted);
  });
});
