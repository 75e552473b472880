/** What a backend is told about a client and its data, under the names that Centrifugo gives it. */
import type { ConnectionInfo, HubClient } from "@tautline/hub";

/** The part of a body that says which connection it is about. */
export function connectionFacts(client: string, { transport, format }: ConnectionInfo): object {
  return {
    client,
    transport: transport ?? "unknown",
    protocol: format ?? "json",
    encoding: format === "protobuf" ? "binary" : "json",
  };
}

/** The same for a client that is let in. */
export function clientFacts({ id, connection, user, meta }: HubClient): object {
  return { ...connectionFacts(id, connection), user, ...(meta !== undefined && { meta }) };
}

/** Data of a client: JSON as it is, bytes in Base64. */
export function dataFacts(data: unknown): object {
  if (data === undefined) return {};
  return data instanceof Uint8Array ? { b64data: Buffer.from(data).toString("base64") } : { data };
}

/** Headers of the client's opening request, those of these names alone. */
export function forwarded(
  { headers = {} }: ConnectionInfo,
  names: readonly string[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (value !== undefined) found[name] = typeof value === "string" ? value : value.join(", ");
  }
  return found;
}
