/** Where the commands of a connection go that cannot come over it: what the server says in its answer to connect. */

/** The connection's secret and the node that has it. */
export interface SessionAddress {
  readonly session: string;
  readonly node: string;
}

/** The address in a frame from the server, if the answer to connect is in it. */
export function sessionAddress(frame: string): SessionAddress | undefined {
  for (const line of frame.split("\n")) {
    const connect = fieldOf(parsed(line), "connect");
    const session = fieldOf(connect, "session");
    const node = fieldOf(connect, "node");
    if (typeof session === "string" && typeof node === "string") return { session, node };
  }
  return undefined;
}

/** The value of a JSON text; `undefined` for what is none: whoever reads the frame as a whole says so. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an object has under a name. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any object has names and values
      (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
