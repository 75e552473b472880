import {
  HeaderList,
  type SubprotocolChoice,
  UsageError,
  acceptHandshake,
} from "@tautline/protocol";
import { describe, expect, test, vi } from "vitest";
import { readResponse, request } from "./head-text.ts";
import { testPlatform } from "./test-platform.ts";

const platform = testPlatform();

function answer(offered: string | readonly string[], subprotocols?: SubprotocolChoice) {
  const asked = request({ headers: { "Sec-WebSocket-Protocol": offered } });
  return acceptHandshake(asked, { subprotocols }, platform);
}

interface Row {
  readonly name: string;
  readonly rfc: string;
  readonly offered: string | readonly string[];
  readonly subprotocols?: SubprotocolChoice;
  readonly chosen: string;
}

const rows: readonly Row[] = [
  {
    name: "the RFC's example",
    rfc: "RFC6455-4.2.2-6",
    offered: "chat, superchat",
    subprotocols: ["chat", "superchat"],
    chosen: "chat",
  },
  {
    name: "the server's order decides",
    rfc: "RFC6455-4.2.2-6",
    offered: "chat, superchat",
    subprotocols: ["superchat", "chat"],
    chosen: "superchat",
  },
  {
    name: "one that is not offered is passed over",
    rfc: "RFC6455-4.2.2-6",
    offered: "chat",
    subprotocols: ["mqtt", "chat"],
    chosen: "chat",
  },
  {
    name: "offers spread over headers, with empty elements",
    rfc: "RFC6455-4.2.2-6",
    offered: ["a, ,", "\tb ,c"],
    subprotocols: ["c"],
    chosen: "c",
  },
  {
    name: "names are compared with their case",
    rfc: "RFC6455-4.2.2-7",
    offered: "Chat",
    subprotocols: ["chat"],
    chosen: "",
  },
  {
    name: "nothing in common",
    rfc: "RFC6455-4.2.2-7",
    offered: "chat",
    subprotocols: ["mqtt"],
    chosen: "",
  },
  { name: "a server without any", rfc: "RFC6455-4.2.2-7", offered: "chat", chosen: "" },
  {
    name: "nothing offered",
    rfc: "RFC6455-4.2.2-7",
    offered: [],
    subprotocols: ["chat"],
    chosen: "",
  },
  {
    name: "a name that JavaScript gives a meaning to",
    rfc: "RFC6455-4.2.2-6",
    offered: "constructor, __proto__",
    subprotocols: ["__proto__"],
    chosen: "__proto__",
  },
  {
    name: "a function sees the offers in order and picks one",
    rfc: "RFC6455-4.2.2-6",
    offered: "a, b, c",
    subprotocols: (offered) => offered[1],
    chosen: "b",
  },
  {
    name: "a function picks none",
    rfc: "RFC6455-4.2.2-7",
    offered: "a, b, c",
    subprotocols: () => undefined,
    chosen: "",
  },
];

test.each(rows)("$name: $chosen", ({ offered, subprotocols, chosen }) => {
  const result = answer(offered, subprotocols);
  const sent = readResponse(result.response).headers.values("Sec-WebSocket-Protocol");
  expect(result).toMatchObject({ accepted: true, subprotocol: chosen });
  expect(sent).toEqual(chosen === "" ? [] : [chosen]);
});

test.each(["", ",", " , ", "a b", "a, a", "a,b,a", "a;b", '"a"', "é", "a/b", "a=b", "\x00"])(
  "an offer of %j is refused [RFC6455-4.2.1-1]",
  (offered) => {
    const asked = request();
    const pairs = [...asked.headers].flat();
    const headers = new HeaderList([...pairs, "Sec-WebSocket-Protocol", offered]);
    const result = acceptHandshake({ ...asked, headers }, { subprotocols: ["a"] }, platform);
    expect(result).toMatchObject({
      accepted: false,
      response: { status: 400 },
      error: { code: "HANDSHAKE_SUBPROTOCOL" },
    });
  },
);

describe("a function that picks", () => {
  test("is not asked when nothing is offered", () => {
    const choose = vi.fn<() => string>(() => "a");
    expect(answer([], choose)).toMatchObject({ accepted: true, subprotocol: "" });
    expect(choose).not.toHaveBeenCalled();
  });

  test.each(["d", ""])("must not pick %j, which was not offered [RFC6455-4.2.2-6]", (chosen) => {
    const pick = () => answer("a, b", () => chosen);
    expect(pick).toThrow(UsageError);
    expect(pick).toThrow(expect.objectContaining({ code: "USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE" }));
  });

  test("throws through", () => {
    const fault = new Error("no database");
    const pick = () =>
      answer("a", () => {
        throw fault;
      });
    expect(pick).toThrow(fault);
  });
});
