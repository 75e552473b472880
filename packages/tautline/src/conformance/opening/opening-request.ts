/** Writes the request of a case. */
import type { RequestEdits } from "./opening-case.ts";

export interface Target {
  readonly host: string;
  readonly path: string;
  readonly key: string;
}

export function requestBytes(edits: RequestEdits, { host, path, key }: Target): Buffer {
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
  const written = [...fields].flatMap(([name, values]) =>
    values.map((value) => `${lowerCase ? name.toLowerCase() : name}: ${value}`),
  );
  const head = [`${method} ${path} HTTP/${version}`, ...written, ...lines, "", ""];
  return Buffer.from(head.join("\r\n"), "latin1");
}
