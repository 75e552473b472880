/** Who may come to NATS, and over TLS: each way that an address or the options can say it, at a server that asks for it. */

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NatsBroker, natsAddress } from "@tautline/broker-nats";
import type { NatsOptions } from "@tautline/broker-nats";
import { nkeys } from "@nats-io/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";
import { silent } from "./hubs.ts";
import { NatsServer } from "./nats-server.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../node/test/fixtures/${name}`, import.meta.url));

const clock = { now: () => Date.now(), schedule: () => () => undefined };

/** A server with these lines in its configuration; gives `host:port`. */
async function startNats(...lines: string[]): Promise<string> {
  const nats = new NatsServer({ lines });
  onTestFinished(() => nats.remove());
  await nats.start();
  return `localhost:${nats.port}`;
}

/** Starts a broker and says something with it. */
async function comeIn(nats: NatsOptions): Promise<void> {
  const broker = new NatsBroker({ clock, randomId: randomUUID, nats });
  onTestFinished(() => broker.stop());
  await broker.start(silent, randomUUID());
  await broker.announceJoin("a", { user: "", client: "1" });
}

/** A file of a test's own. */
function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "tautline-nats-access-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "secret");
  writeFileSync(file, text);
  return file;
}

const seedOf = (pair: nkeys.KeyPair): string => new TextDecoder().decode(pair.getSeed());

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

/** A JWT as NATS signs them (ADR-14): with an nkey. */
function signed(issuer: nkeys.KeyPair, subject: nkeys.KeyPair, nats: object): string {
  const claims = {
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: "test",
    nats: { version: 2, ...nats },
  };
  const text = `${encode({ typ: "JWT", alg: "ed25519-nkey" })}.${encode(claims)}`;
  const signature = issuer.sign(new TextEncoder().encode(text));
  return `${text}.${Buffer.from(signature).toString("base64url")}`;
}

describe("who comes", () => {
  test("with a user and a password", async () => {
    const host = await startNats('authorization { user: "ann", password: "p@ss:word" }');
    await comeIn(natsAddress(`nats://ann:p%40ss%3Aword@${host}`));
    await expect(comeIn(natsAddress(`nats://ann:wrong@${host}`))).rejects.toThrow(/authoriz/iu);
    await expect(comeIn(natsAddress(`nats://${host}`))).rejects.toThrow(/authoriz/iu);
  });

  test("with a token", async () => {
    const host = await startNats('authorization { token: "s3cret" }');
    await comeIn(natsAddress(`nats://s3cret@${host}`));
    await expect(comeIn(natsAddress(`nats://wrong@${host}`))).rejects.toThrow(/authoriz/iu);
  });

  test("with an nkey from a file", async () => {
    const user = nkeys.createUser();
    const host = await startNats(`authorization { users: [{ nkey: ${user.getPublicKey()} }] }`);
    await comeIn(natsAddress(`nats://${host}?nkey=${fileWith(`${seedOf(user)}\n`)}`));
    const other = fileWith(seedOf(nkeys.createUser()));
    await expect(comeIn(natsAddress(`nats://${host}?nkey=${other}`))).rejects.toThrow(/authoriz/iu);
  });

  test("with credentials from a file", async () => {
    const [operator, account] = [nkeys.createOperator(), nkeys.createAccount()];
    const system = nkeys.createAccount();
    const user = nkeys.createUser();
    const unlimited = {
      subs: -1,
      data: -1,
      payload: -1,
      imports: -1,
      exports: -1,
      conn: -1,
      leaf: -1,
    };
    const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
    const preloaded = [
      [account, { ...unlimited, ...storage, wildcards: true }] as const,
      [system, { ...unlimited, wildcards: true }] as const,
    ].map(([pair, limits]) => {
      const jwt = signed(operator, pair, { type: "account", limits });
      return `${pair.getPublicKey()}: ${jwt}`;
    });
    const userJwt = signed(account, user, {
      type: "user",
      pub: {},
      sub: {},
      subs: -1,
      data: -1,
      payload: -1,
    });
    const host = await startNats(
      `operator: ${signed(operator, operator, { type: "operator" })}`,
      "resolver: MEMORY",
      `system_account: ${system.getPublicKey()}`,
      `resolver_preload: { ${preloaded.join(", ")} }`,
    );
    const creds = [
      "-----BEGIN NATS USER JWT-----",
      userJwt,
      "------END NATS USER JWT------",
      "",
      "-----BEGIN USER NKEY SEED-----",
      seedOf(user),
      "------END USER NKEY SEED------",
      "",
    ].join("\n");
    await comeIn({ servers: host, credsFile: fileWith(creds) });
    await comeIn(natsAddress(`nats://${host}?creds=${fileWith(creds)}`));
    await expect(comeIn({ servers: host })).rejects.toThrow(/authoriz/iu);
  });
});

describe("over TLS", () => {
  const listens = `tls { cert_file: ${JSON.stringify(fixture("localhost-cert.pem"))}, key_file: ${JSON.stringify(fixture("localhost-key.pem"))}`;

  test("to a server whose authority is known", async () => {
    const host = await startNats(`${listens} }`);
    await comeIn(natsAddress(`tls://${host}?ca=${fixture("localhost-cert.pem")}`));
    await expect(comeIn(natsAddress(`tls://${host}`))).rejects.toThrow(/certificate/iu);
  });

  test("with a certificate of one's own", async () => {
    const authority = JSON.stringify(fixture("client-authority-cert.pem"));
    const host = await startNats(`${listens}, ca_file: ${authority}, verify: true }`);
    const ca = `ca=${fixture("localhost-cert.pem")}`;
    const own = `cert=${fixture("client-cert.pem")}&key=${fixture("client-key.pem")}`;
    await comeIn(natsAddress(`tls://${host}?${ca}&${own}`));
    await expect(comeIn(natsAddress(`tls://${host}?${ca}`))).rejects.toBeInstanceOf(Error);
  });

  test("and not to one without it", async () => {
    const host = await startNats();
    await expect(comeIn(natsAddress(`tls://${host}`))).rejects.toThrow(/tls/iu);
  });
});
