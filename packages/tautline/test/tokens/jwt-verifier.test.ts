/** Tokens: which are taken, which are not and as what, before any hub is involved. */
import { generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "vitest";
import type { TokenOptions } from "tautline";
import { jwtVerifier } from "tautline";

import { forge, hmac, inSeconds, keyPair, secret, sign } from "./signer.ts";

const hmacOnly: TokenOptions = { hmacSecrets: [secret] };
const ann = { sub: "ann" };

function connection(token: string, options: TokenOptions | TokenOptions[] = hmacOnly) {
  return jwtVerifier(options).connection(token);
}

describe("a signature", () => {
  it.each(["HS256", "HS384", "HS512"])("%s of a secret is good", async (alg) => {
    const token = await sign(ann, secret, { alg });
    expect(await connection(token)).toMatchObject({ claims: { user: "ann" } });
  });

  it.each(["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"])(
    "%s of a public key's other half is good",
    async (alg) => {
      const { privateKey, pem } = keyPair(alg);
      const token = await sign(ann, privateKey, { alg });
      const options = { publicKeys: [keyPair("ES256").pem, pem] };
      expect(await connection(token, options)).toMatchObject({ claims: { user: "ann" } });
    },
  );

  it("of any of several secrets is good, while they are changed", async () => {
    const options = { hmacSecrets: [`${secret}, the new one`, new TextEncoder().encode(secret)] };
    expect(await connection(await sign(ann), options)).toMatchObject({ claims: { user: "ann" } });
  });
});

describe("a token that nobody has signed so", () => {
  const rsa = keyPair("RS256");
  const both: TokenOptions = { hmacSecrets: [secret], publicKeys: [rsa.pem] };
  const der = rsa.publicKey.export({ type: "spki", format: "der" });
  const rows: { name: string; token: string | Promise<string>; options?: TokenOptions }[] = [
    { name: "nothing", token: "" },
    { name: "no token", token: "hello" },
    { name: "dots", token: ".." },
    { name: "no JSON", token: "eyJ.eyJ.eyJ" },
    { name: "a JSON null for a header", token: `${btoa("null")}.${btoa("{}")}.` },
    { name: "another secret", token: sign(ann, `${secret}!`) },
    { name: "the algorithm none", token: forge({ alg: "none" }, ann) },
    { name: "the algorithm none, in capitals", token: forge({ alg: "NONE" }, ann) },
    {
      name: "the algorithm none with a signature",
      token: forge({ alg: "none" }, ann, hmac(secret)),
    },
    { name: "no algorithm", token: forge({}, ann, hmac(secret)) },
    { name: "a number for an algorithm", token: forge({ alg: 256 }, ann, hmac(secret)) },
    { name: "the algorithm __proto__", token: forge({ alg: "__proto__" }, ann, hmac(secret)) },
    { name: "no signature", token: forge({ alg: "HS256" }, ann) },
    { name: "an algorithm without a key here", token: sign(ann, rsa.privateKey, { alg: "RS256" }) },
    {
      name: "an algorithm that is not offered",
      token: sign(ann, rsa.privateKey, { alg: "PS256" }),
      options: both,
    },
    {
      name: "HMAC with the public key's PEM as a secret (confusion)",
      token: forge({ alg: "HS256" }, ann, hmac(rsa.pem)),
      options: both,
    },
    {
      name: "the same where there are public keys alone",
      token: forge({ alg: "HS256" }, ann, hmac(rsa.pem)),
      options: { publicKeys: [rsa.pem] },
    },
    {
      name: "HMAC with the public key's bytes as a secret",
      token: forge({ alg: "HS256" }, ann, hmac(der)),
      options: both,
    },
    {
      name: "HMAC with nothing as a secret",
      token: forge({ alg: "HS256" }, ann, hmac("")),
      options: both,
    },
    {
      name: "a key that the token brings along",
      token: forge(
        { alg: "HS256", jwk: { kty: "oct", k: "c2VjcmV0" }, jku: "http://127.0.0.1:1/" },
        ann,
        hmac("secret"),
      ),
      options: both,
    },
    {
      name: "an extension that nobody here knows",
      token: forge({ alg: "HS256", crit: ["exp"], exp: 1 }, ann, hmac(secret)),
    },
  ];
  it.each(rows)("is invalid: $name", async ({ token, options }) => {
    expect(await connection(await token, options)).toEqual({
      fault: "invalid",
      detail: expect.any(String),
    });
  });

  it("is invalid with other claims than were signed", async () => {
    const [header, , signature] = (await sign(ann)).split(".");
    const [, claims] = (await sign({ sub: "ben" })).split(".");
    expect(await connection(`${header}.${claims}.${signature}`)).toMatchObject({
      fault: "invalid",
    });
  });

  it("says in the detail neither the token nor the secret", async () => {
    const token = await sign(ann, `${secret}!`);
    const verdict = await connection(token);
    expect(JSON.stringify(verdict)).not.toContain(secret.slice(0, 10));
    expect(JSON.stringify(verdict)).not.toContain(token.slice(0, 10));
  });
});

describe("times", () => {
  it.each([
    { name: "over", claims: { exp: inSeconds(-6) } },
    { name: "not yet come", claims: { nbf: inSeconds(3600) } },
  ])("that are $name mean expired: another token may be good", async ({ claims }) => {
    expect(await connection(await sign({ ...ann, ...claims }))).toMatchObject({ fault: "expired" });
  });

  it("may differ by five seconds, or what is said", async () => {
    const late = await sign({ ...ann, exp: inSeconds(-1) });
    expect(await connection(late)).toHaveProperty("claims");
    expect(await connection(late, { ...hmacOnly, clockToleranceMs: 0 })).toMatchObject({
      fault: "expired",
    });
    const early = await sign({ ...ann, nbf: inSeconds(50) });
    expect(await connection(early, { ...hmacOnly, clockToleranceMs: 60_000 })).toHaveProperty(
      "claims",
    );
  });

  it.each([
    { name: "exp", claims: { exp: 2e9 }, expiresAtMs: 2e12 },
    { name: "expire_at before exp", claims: { exp: 2e9, expire_at: 3e9 }, expiresAtMs: 3e12 },
    { name: "no end with expire_at 0", claims: { exp: 2e9, expire_at: 0 }, expiresAtMs: undefined },
    { name: "no end with neither", claims: {}, expiresAtMs: undefined },
  ])("of the connection: $name", async ({ claims, expiresAtMs }) => {
    const verdict = await connection(await sign({ ...ann, ...claims }));
    expect(verdict).toMatchObject({ claims: { expiresAtMs } });
  });
});

describe("issuer and audience", () => {
  const strict = { ...hmacOnly, issuer: "app", audience: "chat" };
  it.each([
    { claims: { iss: "app", aud: "chat" }, good: true },
    { claims: { iss: "app", aud: ["mail", "chat"] }, good: true },
    { claims: { iss: "app", aud: "mail" }, good: false },
    { claims: { iss: "app", aud: [] }, good: false },
    { claims: { iss: "app" }, good: false },
    { claims: { iss: "App", aud: "chat" }, good: false },
    { claims: { iss: ["app"], aud: "chat" }, good: false },
    { claims: { aud: "chat" }, good: false },
  ])("are compared: $claims", async ({ claims, good }) => {
    const verdict = await connection(await sign({ ...ann, ...claims }), strict);
    expect(verdict).toMatchObject(good ? { claims: { user: "ann" } } : { fault: "invalid" });
  });

  it("are not looked at when nothing is said about them", async () => {
    const token = await sign({ ...ann, iss: "x", aud: "y" });
    expect(await connection(token)).toHaveProperty("claims");
  });

  it("tell which authority a token is from: no other's key will do", async () => {
    const [a, b] = [`${secret} of a`, `${secret} of b`];
    const authorities = [
      { hmacSecrets: [a], issuer: "a" },
      { hmacSecrets: [b], issuer: "b" },
    ];
    expect(await connection(await sign({ ...ann, iss: "b" }, b), authorities)).toHaveProperty(
      "claims",
    );
    for (const [iss, key] of [
      ["b", a],
      ["c", a],
    ] as const) {
      expect(await connection(await sign({ ...ann, iss }, key), authorities)).toMatchObject({
        fault: "invalid",
      });
    }
  });
});

describe("keys that make no sense", () => {
  const privatePem = keyPair("ES256").privateKey.export({ type: "pkcs8", format: "pem" });
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const curve = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey;
  const pemOf = (key: typeof weak): string =>
    key.export({ type: "spki", format: "pem" }).toString();
  it.each([
    { name: "none at all", options: {} },
    { name: "no authority", options: [] },
    { name: "a short secret", options: { hmacSecrets: ["short"] } },
    { name: "a public key as a secret", options: { hmacSecrets: [keyPair("RS256").pem] } },
    { name: "a private key", options: { publicKeys: [privatePem.toString()] } },
    { name: "no PEM", options: { publicKeys: ["key"] } },
    { name: "RSA of 1024 bits", options: { publicKeys: [pemOf(weak)] } },
    { name: "a curve that no algorithm has", options: { publicKeys: [pemOf(curve)] } },
    { name: "a tolerance below 0", options: { ...hmacOnly, clockToleranceMs: -1 } },
    { name: "no address", options: { jwksUrl: "keys.json" } },
    { name: "an address over http", options: { jwksUrl: "http://keys.example/" } },
    { name: "one that looks like this machine", options: { jwksUrl: "http://127.example.org/" } },
  ])("are refused at once: $name", ({ options }) => {
    expect(() => jwtVerifier(options)).toThrow(RangeError);
  });

  it("are refused without a word about a secret", () => {
    expect(() => jwtVerifier({ hmacSecrets: ["hunter2"] })).not.toThrow("hunter2");
  });
});
