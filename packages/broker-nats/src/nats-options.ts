/** Where NATS is and who comes: options of the client library, files of credentials, or everything in one address. */

import { readFileSync } from "node:fs";
import type { NodeConnectionOptions } from "@nats-io/transport-node";
import { credsAuthenticator, nkeyAuthenticator } from "@nats-io/transport-node";

/** Options of the client library that are the user's to choose, and files. */
export interface NatsOptions extends Pick<
  NodeConnectionOptions,
  "servers" | "user" | "pass" | "token" | "authenticator" | "tls" | "name" | "inboxPrefix"
> {
  /** A file with a JWT and a seed, as `nsc` writes it. It is read at each connect. */
  readonly credsFile?: string | undefined;
  /** A file with the seed of an nkey. It is read at each connect. */
  readonly nkeyFile?: string | undefined;
}

/**
 * What an address says: `nats://user:password@host:4222`, `nats://token@host`, `tls://host` for TLS, several hosts with
 * commas between them, and files as parameters: `creds`, `nkey`, and for TLS `ca`, `cert` and `key`.
 *
 * @throws RangeError for anything else; its text leaves the address out, as it may hold a password
 */
export function natsAddress(address: string): NatsOptions {
  const match = /^(nats|tls):\/\/(?:([^@/?#]*)@)?([^@/?#\s]+)\/?(?:\?([^#]*))?$/iu.exec(address);
  if (match === null) throw notAnAddress();
  const [, scheme = "", login = "", hosts = "", query = ""] = match;
  const { creds, nkey, ...files } = parametersOf(query);
  const wantsTls = scheme.toLowerCase() === "tls" || Object.keys(files).length > 0;
  return {
    servers: hosts.split(",").map(requireHost),
    ...loginOf(login),
    ...(creds !== undefined && { credsFile: creds }),
    ...(nkey !== undefined && { nkeyFile: nkey }),
    ...(wantsTls && {
      tls: {
        ...(files.ca !== undefined && { caFile: files.ca }),
        ...(files.cert !== undefined && { certFile: files.cert }),
        ...(files.key !== undefined && { keyFile: files.key }),
      },
    }),
  };
}

const parameterNames = ["creds", "nkey", "ca", "cert", "key"] as const;

type Parameters = Partial<Record<(typeof parameterNames)[number], string>>;

function parametersOf(query: string): Parameters {
  const parameters: Parameters = {};
  for (const [given, value] of new URLSearchParams(query)) {
    const name = parameterNames.find((known) => known === given);
    if (name === undefined || value === "") {
      throw new RangeError(
        "the address of a broker takes the parameters creds, nkey, ca, cert and key",
      );
    }
    parameters[name] = value;
  }
  return parameters;
}

function requireHost(host: string): string {
  if (URL.canParse(`http://${host}`)) return host;
  throw notAnAddress();
}

/** A name alone is a token, as NATS' own tools have it. */
function loginOf(login: string): Pick<NatsOptions, "user" | "pass" | "token"> {
  if (login === "") return {};
  const [user = "", ...rest] = login.split(":");
  if (rest.length === 0) return { token: decoded(user) };
  return { user: decoded(user), pass: decoded(rest.join(":")) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notAnAddress();
  }
}

function notAnAddress(): RangeError {
  return new RangeError("broker takes an address such as nats://localhost:4222");
}

/** The same as the client library has it. */
export function connectionOptions(options: NatsOptions): NodeConnectionOptions {
  const { credsFile, nkeyFile, authenticator, ...rest } = options;
  const authenticators = [
    ...(authenticator === undefined ? [] : [authenticator].flat()),
    ...(credsFile === undefined ? [] : [credsAuthenticator(() => readFileSync(credsFile))]),
    ...(nkeyFile === undefined ? [] : [nkeyAuthenticator(() => seedIn(nkeyFile))]),
  ];
  return { ...rest, ...(authenticators.length > 0 && { authenticator: authenticators }) };
}

/** The seed stands in a line of its own; editors end it with a line feed. */
function seedIn(file: string): Uint8Array {
  return new TextEncoder().encode(readFileSync(file, "utf8").trim());
}
