/** Writes the request of a case. */
import { extraFields } from "../handshake.ts";
import type { RequestExtras } from "../handshake.ts";
import type { RequestEdits } from "./opening-case.ts";

export interface Target {
  readonly host: string;
  readonly path: string;
  readonly key: string;
  readonly extras: RequestExtras;
}

export function requestBytes(edits: RequestEdits, { host, path, key, extras }: Target): Buffer {
  const { method = "GET", version = "1.1", lowerCase = false, lines = [] } = edits;
  const fields = new Map<string, readonly string[]>([
    ["Host", [host]],
    ["Upgrade", ["websocket"]],
    ["Connection", ["Upgrade"]],
    ["Sec-WebSocket-Key", [key]],
    ["Sec-WebSocket-Version", ["13"]],
  ]);
  for (const [name, values] of Object.entries(edits.fields ?? {})) {
    const usual = [...fields.keys()].find((one) => one.toLowerCase() === name.toLowerCase());
    fields.set(usual ?? name, values);
  }
  // What the case offers comes first: offers may stand in more than one field (RFC 6455 §11.3.4).
  const all = [
    ...[...fields].flatMap(([name, values]) => values.map((value) => [name, value] as const)),
    ...extraFields(extras),
  ];
  const written = all.map(([name, value]) => `${lowerCase ? name.toLowerCase() : name}: ${value}`);
  const head = [`${method} ${path} HTTP/${version}`, ...written, ...lines, "", ""];
  return Buffer.from(head.join("\r\n"), "latin1");
}
