import { describe, expect, it } from "vitest";

import { parseRoute, routeHash } from "../page/shell/route.ts";

describe("routes", () => {
  const rows = [
    { hash: "", route: { page: "", parts: [] } },
    { hash: "#", route: { page: "", parts: [] } },
    { hash: "#/chat", route: { page: "chat", parts: [] } },
    { hash: "#/chat/lobby/", route: { page: "chat", parts: ["lobby"] } },
    { hash: "#/chat/%E5%A4%A7%E5%8E%85", route: { page: "chat", parts: ["大厅"] } },
    { hash: "#/chat/a%2Fb", route: { page: "chat", parts: ["a/b"] } },
    { hash: "#/chat/100%", route: { page: "chat", parts: ["100%"] } },
  ];
  for (const { hash, route } of rows) {
    it(`reads '${hash}'`, () => expect(parseRoute(hash)).toEqual(route));
  }

  it("writes what it reads", () => {
    for (const room of ["lobby", "大厅", "a/b", "100%", "a b#c?d"]) {
      expect(parseRoute(routeHash("chat", room))).toEqual({ page: "chat", parts: [room] });
    }
  });
});
