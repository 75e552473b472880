import { readFileSync } from "node:fs";
import { once } from "node:events";
import { TLSSocket, connect as connectTls, createSecureContext } from "node:tls";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import { connect } from "@tautline/node";
import type { ServerOptions } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { certificate, echo, next, open, serve } from "./servers.ts";

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const clientIdentity = { cert: fixture("client-cert.pem"), key: fixture("client-key.pem") };
const named = { cert: fixture("named-cert.pem"), key: fixture("named-key.pem") };
const clientAuthority = fixture("client-authority-cert.pem");

describe("a client certificate", () => {
  const demanding: ServerOptions = {
    tls: { ...certificate, ca: clientAuthority, requestCert: true },
  };
  const trusting = { ca: certificate.cert };

  it("is asked for, verified, and shown to the application", async () => {
    const subjects: unknown[] = [];
    const { url } = await serve({
      ...demanding,
      onConnection: (connection, { peerCertificate }) => {
        subjects.push(peerCertificate?.subject.CN);
        echo(connection);
      },
    });
    const client = await open(url, { tls: { ...trusting, ...clientIdentity } });
    client.send("it is me");
    expect(await next(client)).toBe("it is me");
    expect(subjects).toEqual(["test-client"]);
  });

  it.each<[string, TlsConnectionOptions]>([
    ["is missing", {}],
    ["is signed by nobody known", named],
  ])("that %s ends the attempt, and nobody hears of a connection", async (_name, identity) => {
    const accepted: unknown[] = [];
    const { url } = await serve({ ...demanding, onConnection: (c) => void accepted.push(c) });
    await expect(connect(url, { tls: { ...trusting, ...identity } })).rejects.toMatchObject({
      name: "ConnectionFailed",
    });
    expect(accepted).toEqual([]);
  });

  it.each([undefined, null, 0])(
    "that is bad is refused by a server whose rejectUnauthorized is %s",
    async (rejectUnauthorized) => {
      const accepted: unknown[] = [];
      const { url } = await serve({
        tls: { ...demanding.tls, rejectUnauthorized } as NonNullable<ServerOptions["tls"]>,
        onConnection: (c) => void accepted.push(c),
      });
      await expect(connect(url, { tls: { ...trusting, ...named } })).rejects.toMatchObject({
        name: "ConnectionFailed",
      });
      expect(accepted).toEqual([]);
    },
  );
});

/** A server with two names, and the names it was called by. */
async function twoNames(): Promise<{ port: number; calledBy: unknown[] }> {
  const calledBy: unknown[] = [];
  const { port } = await serve({
    tls: {
      ...certificate,
      SNICallback: (name, done) =>
        done(null, name === "named.example" ? createSecureContext(named) : undefined),
    },
    onConnection: (_connection, { raw }) => {
      if (raw.socket instanceof TLSSocket) calledBy.push(raw.socket.servername);
    },
  });
  return { port, calledBy };
}

describe("the name in the TLS handshake (SNI)", () => {
  it("is the host of the URL, none for an address, or what the caller says [RFC6455-4.1-14]", async () => {
    const { port, calledBy } = await twoNames();
    await open(`wss://localhost:${port}/`, { tls: { ca: certificate.cert } });
    await open(`wss://127.0.0.1:${port}/`, { tls: { ca: certificate.cert } });
    await open(`wss://127.0.0.1:${port}/`, {
      tls: { ca: named.cert, servername: "named.example" },
    });
    expect(calledBy).toEqual(["localhost", false, "named.example"]);
  });

  it("must be one that the certificate is for", async () => {
    const { port } = await twoNames();
    const options = { tls: { ca: certificate.cert, servername: "other.example" } };
    await expect(connect(`wss://127.0.0.1:${port}/`, options)).rejects.toMatchObject({
      code: "CONNECTION_UNREACHABLE",
      cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
  });
});

describe("the protocol in the TLS handshake (ALPN)", () => {
  it("is http/1.1 by a client's offer", async () => {
    const agreed: unknown[] = [];
    const { url } = await serve({
      tls: certificate,
      onConnection: (_connection, { raw }) => {
        if (raw.socket instanceof TLSSocket) agreed.push(raw.socket.alpnProtocol);
      },
    });
    await open(url, { tls: { ca: certificate.cert } });
    expect(agreed).toEqual(["http/1.1"]);
  });

  it("that the server does not speak ends the attempt, on either side", async () => {
    const { url, port } = await serve({ tls: { ...certificate, ALPNProtocols: ["http/1.1"] } });
    const tls = { ca: certificate.cert, ALPNProtocols: ["something-else"] };
    await expect(connect(url, { tls })).rejects.toMatchObject({ code: "CONNECTION_UNREACHABLE" });
    const socket = connectTls({ port, host: "127.0.0.1", ...tls });
    onTestFinished(() => void socket.destroy());
    const [error] = (await once(socket, "error")) as [Error & { code: string }];
    expect(error.code).toMatch(/ALERT_NO_APPLICATION_PROTOCOL|ECONNRESET/);
  });
});
