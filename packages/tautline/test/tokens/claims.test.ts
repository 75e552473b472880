/** What tokens say: the claims of Centrifugo, and what happens to those of another type. */
import { describe, expect, it } from "vitest";
import { jwtVerifier } from "tautline";

import { secret, sign } from "./signer.ts";

const verifier = jwtVerifier({ hmacSecrets: [secret] });
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

type Claims = Readonly<Record<string, unknown>>;

describe("a connection token", () => {
  const rows: { name: string; claims: Claims; grants: Claims }[] = [
    { name: "nobody", claims: {}, grants: { user: "" } },
    { name: "a user", claims: { sub: "42" }, grants: { user: "42" } },
    { name: "info", claims: { info: { a: [1] } }, grants: { info: { a: [1] } } },
    { name: "info in Base64", claims: { b64info: base64({ é: 1 }) }, grants: { info: { é: 1 } } },
    { name: "meta", claims: { meta: { plan: 1 } }, grants: { meta: { plan: 1 } } },
    {
      name: "channels, each once",
      claims: { channels: ["a", "b", "a"] },
      grants: { subscriptions: [{ channel: "a" }, { channel: "b" }] },
    },
    {
      name: "subscriptions, in place of channels",
      claims: {
        channels: ["c"],
        subs: {
          a: {},
          b: {
            info: 1,
            b64data: base64([2]),
            override: { force_push_join_leave: { value: true }, presence: { value: false } },
          },
        },
      },
      grants: {
        subscriptions: [
          { channel: "a", info: undefined, data: undefined, joinLeave: false },
          { channel: "b", info: 1, data: [2], joinLeave: true },
        ],
      },
    },
    {
      name: "capabilities",
      claims: {
        caps: [
          { channels: ["a"], allow: ["sub", "pub"] },
          { channels: ["b:*"], match: "wildcard", allow: ["prs", "hst", "fly"] },
          { match: "" },
        ],
      },
      grants: {
        capabilities: [
          { channels: ["a"], match: "exact", allow: ["subscribe", "publish"] },
          { channels: ["b:*"], match: "wildcard", allow: ["presence", "history"] },
          { channels: [], match: "exact", allow: [] },
        ],
      },
    },
    { name: "no capabilities", claims: { caps: [] }, grants: { capabilities: [] } },
    { name: "nothing of capabilities", claims: {}, grants: { capabilities: undefined } },
    { name: "what is not known here", claims: { jti: "1", iat: 1, x: {} }, grants: { user: "" } },
  ];
  it.each(rows)("grants $name", async ({ claims, grants }) => {
    expect(await verifier.connection(await sign(claims))).toEqual({
      claims: expect.objectContaining(grants),
    });
  });

  const mistakes: Claims[] = [
    { sub: 42 },
    { sub: null },
    { exp: "2000000000" },
    { expire_at: "never" },
    { b64info: 7 },
    { b64info: "%%%" },
    { channels: "a" },
    { channels: [1] },
    { subs: [] },
    { subs: { a: 1 } },
    { subs: { a: { b64data: "e" } } },
    { subs: { a: { override: 1 } } },
    { caps: {} },
    { caps: ["sub"] },
    { caps: [{ channels: "a" }] },
    { caps: [{ channels: ["a"], allow: "sub" }] },
    { caps: [{ channels: ["a"], match: 1 }] },
    { caps: [{ channels: ["(a+)+$"], match: "regex", allow: ["sub"] }] },
    { sub: "ann", channel: "a" },
  ];
  it.each(mistakes.map((claims) => ({ claims, text: JSON.stringify(claims) })))(
    "is invalid with $text",
    async ({ claims }) => {
      expect(await verifier.connection(await sign(claims))).toMatchObject({ fault: "invalid" });
    },
  );
});

describe("a subscription token", () => {
  it("grants what it says", async () => {
    const claims = {
      sub: "42",
      channel: "a",
      client: "c",
      info: { seat: 1 },
      b64data: base64("hello"),
      allow: ["pub", "prs"],
      expire_at: 2e9,
    };
    expect(await verifier.subscription(await sign(claims))).toEqual({
      claims: {
        user: "42",
        channel: "a",
        client: "c",
        info: { seat: 1 },
        data: "hello",
        allow: ["publish", "presence"],
        expiresAtMs: 2e12,
      },
    });
  });

  it("is for every connection when it names none", async () => {
    for (const client of [undefined, ""]) {
      const token = await sign({ channel: "a", ...(client === "" && { client }) });
      expect(await verifier.subscription(token)).toMatchObject({
        claims: { user: "", client: undefined, allow: undefined },
      });
    }
  });

  const mistakes: Claims[] = [
    {},
    { channel: "" },
    { channel: ["a"] },
    { channel: "a", sub: 1 },
    { channel: "a", client: 1 },
    { channel: "a", allow: "pub" },
    { channel: "a", b64info: "!" },
  ];
  it.each(mistakes.map((claims) => ({ claims, text: JSON.stringify(claims) })))(
    "is invalid with $text",
    async ({ claims }) => {
      expect(await verifier.subscription(await sign(claims))).toMatchObject({ fault: "invalid" });
    },
  );
});
