import { describe, expect, it } from "vitest";

import { isLoopback, localUrl, networkUrls } from "../../src/serve/addresses.ts";

const address = (family: "IPv4" | "IPv6", text: string, internal = false) => ({
  address: text,
  netmask: "",
  mac: "",
  cidr: null,
  internal,
  ...(family === "IPv4" ? { family } : { family, scopeid: 0 }),
});
const interfaces = {
  lo: [address("IPv4", "127.0.0.1", true), address("IPv6", "::1", true)],
  eth0: [address("IPv4", "192.0.2.7"), address("IPv6", "2001:db8::7"), address("IPv6", "fe80::1")],
};

describe("addresses", () => {
  it("knows loopback by name and number", () => {
    for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1"]) {
      expect(isLoopback(host)).toBe(true);
    }
    for (const host of ["0.0.0.0", "::", "192.0.2.7", "127.example"]) {
      expect(isLoopback(host)).toBe(false);
    }
  });

  it("gives the address to click on this machine", () => {
    expect(localUrl("127.0.0.1", 8080)).toBe("http://localhost:8080");
    expect(localUrl("0.0.0.0", 8080)).toBe("http://localhost:8080");
    expect(localUrl("127.0.0.2", 8080)).toBe("http://127.0.0.2:8080");
    expect(localUrl("2001:db8::7", 8080)).toBe("http://[2001:db8::7]:8080");
  });

  it("gives no address to others when only this machine is served", () => {
    expect(networkUrls("127.0.0.1", 8080, interfaces)).toEqual([]);
  });

  it("gives every interface's address when all are served, but none that needs a zone", () => {
    expect(networkUrls("0.0.0.0", 8080, interfaces)).toEqual(["http://192.0.2.7:8080"]);
    expect(networkUrls("::", 8080, interfaces)).toEqual([
      "http://192.0.2.7:8080",
      "http://[2001:db8::7]:8080",
    ]);
  });

  it("gives the one address that is served", () => {
    expect(networkUrls("192.0.2.7", 8080, interfaces)).toEqual(["http://192.0.2.7:8080"]);
  });
});
