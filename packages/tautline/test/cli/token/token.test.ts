/** `tautline token`: what it makes the server takes, and what it reads it calls good only with a key. */
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";

import { jwtVerifier } from "tautline";

import { readableTime } from "../../../src/cli/token/lifetime.ts";
import { forge, inSeconds, keyPair, secret, sign } from "../../tokens/signer.ts";
import { fileWith } from "../folder.ts";
import { run } from "../run.ts";

const env = { TAUTLINE_TOKEN_HMAC_SECRET: secret };

describe("tautline token make", () => {
  it("signs with a secret what the server takes", async () => {
    const { code, out } = await run(["token", "make", "--user", "ann"], { env });
    expect(code).toBe(0);
    const verdict = await jwtVerifier({ hmacSecrets: [secret] }).connection(out.trim());
    expect(verdict).toMatchObject({ claims: { user: "ann" } });
    const { exp = 0, iat = 0 } = decodeJwt(out.trim());
    expect(exp - iat).toBe(3600);
  });

  it.each(["ES256", "ES384", "EdDSA", "RS256"] as const)(
    "signs with a private key for %s, and the public one says that it is good",
    async (alg) => {
      const { privateKey, pem } = keyPair(alg);
      const file = await fileWith(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
      const made = await run(["token", "make", "-u", "ann", "--token-private-key-file", file]);
      expect(made.err).toBe("");
      const token = made.out.trim();
      expect(decodeProtectedHeader(token).alg).toBe(alg);
      const publicFile = await fileWith(pem);
      const read = await run(["token", "read", token, "--token-public-key-file", publicFile]);
      expect(read.code).toBe(0);
      expect(read.out).toContain("Verified: a key has signed it");
    },
  );

  it("has the claims, the time and the algorithm that were asked for", async () => {
    const args = ["token", "make", "--channel", "news", "--expires", "5m", "--algorithm", "HS512"];
    const claims = ["--claim", 'info={"name":"Ann"}', "--claim", "note=a=b", "--claim", "n=1"];
    const more = ["--token-issuer", "app", "--token-audience", "chat"];
    const token = (await run([...args, ...claims, ...more], { env })).out.trim();
    expect(decodeProtectedHeader(token)).toEqual({ alg: "HS512", typ: "JWT" });
    const { exp = 0, iat = 0, ...rest } = decodeJwt(token);
    expect(exp - iat).toBe(300);
    expect(rest).toEqual({
      channel: "news",
      iss: "app",
      aud: "chat",
      info: { name: "Ann" },
      note: "a=b",
      n: 1,
    });
    const never = await run(["token", "make", "--expires", "never"], { env });
    expect(decodeJwt(never.out.trim())).not.toHaveProperty("exp");
  });

  it.each([
    { name: "no key", args: ["make"], env: {}, says: "a token is signed with a key" },
    {
      name: "a secret that is too short",
      args: ["make"],
      env: { TAUTLINE_TOKEN_HMAC_SECRET: "hunter2" },
      says: "TAUTLINE_TOKEN_HMAC_SECRET: A secret for tokens has at least 32 bytes",
    },
    { name: "a time", args: ["make", "--expires", "soon"], env, says: "--expires takes a time" },
    { name: "no time", args: ["make", "--expires", "0"], env, says: "--expires takes a time" },
    { name: "a claim", args: ["make", "--claim", "x"], env, says: "--claim takes <name>=<value>" },
    {
      name: "an algorithm",
      args: ["make", "--algorithm", "none"],
      env,
      says: "--algorithm takes HS256, HS384, HS512 with this key, not 'none'",
    },
    { name: "nothing to do", args: [], env, says: "make, or read <token>" },
    { name: "no token", args: ["read", "hunter2"], env, says: "that is no JSON Web Token" },
  ])("says what is wrong: $name", async ({ args, env: given, says }) => {
    const { code, err } = await run(["token", ...args], { env: given });
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(err).not.toContain("hunter2");
  });

  it("takes no file for a private key that is none", async () => {
    const file = await fileWith(keyPair("ES256").pem);
    const { code, err } = await run(["token", "make", "--token-private-key-file", file]);
    expect(code).toBe(2);
    expect(err).toContain("--token-private-key-file: there is no private key in PEM in it");
  });
});

describe("tautline token read", () => {
  it("says without a key that nobody knows, from a pipe too", async () => {
    const input = `${await sign({ sub: "ann", exp: inSeconds(7260) })}\n`;
    const { code, out } = await run(["token", "read"], { input });
    expect(code).toBe(0);
    expect(out).toMatch(/sub\s+"ann"/u);
    expect(out).toMatch(/exp\s+\d{4}-\d\d-\d\dT\S+Z \(in 2 hours\)/u);
    expect(out).toContain("Not verified");
    expect(out).not.toMatch(/\bVerified/u);
  });

  it.each([
    { name: "another key", token: () => sign({ sub: "ann" }, `${secret}!`), says: "signature" },
    { name: "a time that is over", token: () => sign({ exp: inSeconds(-3600) }), says: "exp" },
    { name: "no signature", token: () => forge({ alg: "none" }, { sub: "ann" }), says: "none" },
  ])("calls it not good and ends with 1 for $name", async ({ token, says }) => {
    const { code, out } = await run(["token", "read", await token()], { env });
    expect(code).toBe(1);
    expect(out).toContain("Not good: ");
    expect(out.slice(out.indexOf("Not good"))).toContain(says);
    expect(out).not.toMatch(/\bVerified/u);
  });

  it("prints JSON", async () => {
    const token = await sign({ sub: "ann" });
    const unknown = await run(["token", "read", token, "--json"]);
    expect(JSON.parse(unknown.out)).toEqual({
      header: { alg: "HS256" },
      claims: { sub: "ann" },
      verified: null,
    });
    const known = await run(["token", "read", token, "--json"], { env });
    expect(JSON.parse(known.out)).toMatchObject({ verified: true });
  });

  it("leaves the token no power over the terminal", async () => {
    const token = forge({ alg: "HS256" }, { sub: "\u001b[2J", "\u009bx": "\u202e" });
    const { out } = await run(["token", "read", token]);
    for (const power of ["\u001b", "\u009b", "\u202e"]) expect(out).not.toContain(power);
  });
});

describe("a time", () => {
  const now = Date.UTC(2026, 0, 31, 12);
  it.each([
    { claim: now / 1000 + 90, text: "2026-01-31T12:01:30Z (in 1 minute)" },
    { claim: now / 1000 - 172_800, text: "2026-01-29T12:00:00Z (2 days ago)" },
    { claim: now / 1000, text: "2026-01-31T12:00:00Z (now)" },
    { claim: 1e300, text: "1e+300 (no time)" },
    { claim: "soon", text: '"soon" (no time)' },
  ])("is readable: $text", ({ claim, text }) => {
    expect(readableTime(claim, now)).toBe(text);
  });
});
