/** Whether NATS servers can be reached, let us in, and have JetStream. */
import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";

import type { NatsOptions } from "@tautline/broker-nats";

import type { TalkPlace, TalkStep } from "./conversation.ts";
import { talk } from "./conversation.ts";
import type { Finding } from "./finding.ts";

interface NatsFacts {
  readonly version: string;
  readonly jetStream: boolean;
  /** Whether TLS is needed or possible. */
  readonly tls: boolean;
  /** Whether it was tried to come in. */
  readonly tried: boolean;
}

const defaultPort = 4222;

/** The servers that the options name. @throws RangeError for one that is none */
export function natsPlaces({ servers = "localhost" }: NatsOptions): readonly TalkPlace[] {
  return [servers].flat().map((server) => {
    const { hostname, port } = new URL(`http://${server}`);
    return { host: hostname.replace(/^\[|\]$/gu, ""), port: Number(port || defaultPort) };
  });
}

/** @throws the system's error, or an Error with the server's own */
export async function askNats(
  place: TalkPlace,
  options: NatsOptions,
  timeoutMs: number,
): Promise<NatsFacts> {
  const tls = tlsOf(options);
  let facts: NatsFacts | undefined;
  return talk({
    place,
    timeoutMs,
    greeting: "",
    hear(heard): TalkStep<NatsFacts> | undefined {
      const refused = /-ERR '([^'\r\n]*)'/u.exec(heard)?.[1];
      if (refused !== undefined) throw new Error(refused);
      if (facts !== undefined) return heard.includes("PONG\r\n") ? { result: facts } : undefined;
      const info = /^INFO (\{.*\}) ?\r\n/u.exec(heard)?.[1];
      if (info === undefined) return undefined;
      const said: unknown = JSON.parse(info);
      // Who comes by a file signs what the server has said, which only the client library does.
      const tried = options.credsFile === undefined && options.nkeyFile === undefined;
      facts = factsIn(said, tried);
      if (tls !== undefined && !facts.tls) throw new Error("it does not speak TLS");
      if (!tried) return { result: facts };
      const say = `CONNECT ${JSON.stringify(loginOf(options))}\r\nPING\r\n`;
      return tls === undefined && !isSaid(said, "tls_required")
        ? { say }
        : { secure: tls ?? {}, say };
    },
  });
}

function factsIn(info: unknown, tried: boolean): NatsFacts {
  if (typeof info !== "object" || info === null) throw new Error("it does not say what it is");
  return {
    version: "version" in info ? String(info.version) : "unknown",
    jetStream: isSaid(info, "jetstream"),
    tls: isSaid(info, "tls_required") || isSaid(info, "tls_available"),
    tried,
  };
}

function isSaid(info: unknown, name: string): boolean {
  return Object.entries(info ?? {}).some(([key, value]) => key === name && value === true);
}

/** Files are read now: one that is not there is a finding as well. */
function tlsOf({ tls }: NatsOptions): ConnectionOptions | undefined {
  if (tls === undefined || tls === null) return undefined;
  const { caFile, certFile, keyFile } = tls;
  return {
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
    ...(certFile !== undefined && { cert: readFileSync(certFile) }),
    ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
  };
}

function loginOf({ user, pass, token }: NatsOptions): object {
  const terms = { verbose: false, pedantic: false, lang: "tautline doctor" };
  if (user !== undefined) return { ...terms, user, pass };
  return token === undefined ? terms : { ...terms, auth_token: token };
}

export function judgeNats(name: string, { version, jetStream, tried }: NatsFacts): Finding {
  if (!jetStream) {
    return {
      name,
      verdict: "note",
      found: `${version}, without JetStream: no history, no recovery, no presence`,
      advice: "start it with -js, if channels need those",
    };
  }
  if (tried) return { name, verdict: "good", found: `${version}, with JetStream` };
  return {
    name,
    verdict: "note",
    found: `${version}, with JetStream; whether the file lets us in was not tried`,
  };
}
