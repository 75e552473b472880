/** Calls of the HTTP API's methods, by way of the console: lists of channels and clients, and what is done with them. */
import { consoleAccess } from "../../access/console-access.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The method's result. @throws Error with what the server says is wrong */
async function call(method: string, request: object): Promise<Fields> {
  const response = await consoleAccess.fetch(`dashboard/${method}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  if (!response.ok && response.status !== 400) throw new Error(`${response.status}`);
  const answer = fieldsOf(await response.json());
  if (answer["error"] !== undefined) throw new Error(String(fieldsOf(answer["error"])["message"]));
  // A batch answers without a result around it.
  return fieldsOf(answer["result"] ?? answer);
}

export interface ClientRow {
  readonly id: string;
  readonly user: string;
  readonly transport: string;
  readonly address: string;
  readonly node: string;
  /** In seconds since 1970. */
  readonly connectedAt: number;
  readonly bufferedBytes: number;
  readonly channels: readonly string[];
}

export interface ChannelRow {
  readonly name: string;
  readonly clients: number;
  /** Publications that its history holds; `undefined` when it keeps none. */
  readonly history: number | undefined;
}

/** A page of a list, and where the next one begins. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

export interface Search {
  readonly user: string;
  readonly cursor: string | undefined;
}

const pageSize = 50;

/** Clients by their ids, of one user where one is named. */
export async function listClients({ user, cursor }: Search): Promise<Page<ClientRow>> {
  const request = { limit: pageSize, cursor, ...(user !== "" && { user }) };
  const { connections, next } = await call("connections", request);
  const rows = Object.entries(fieldsOf(connections)).map(([id, value]) => {
    const client = fieldsOf(value);
    return {
      id,
      user: textOf(client["user"]),
      transport: textOf(client["transport"]),
      address: textOf(client["remote_address"]),
      node: textOf(client["node"]),
      connectedAt: Number(client["connected_at"] ?? 0),
      bufferedBytes: Number(client["buffered_bytes"] ?? 0),
      channels: Object.keys(fieldsOf(fieldsOf(client["state"])["channels"])),
    };
  });
  return { rows, next: typeof next === "string" ? next : undefined };
}

/** Channels whose name holds `part`, with the length of their history. */
export async function listChannels(part: string, cursor?: string): Promise<Page<ChannelRow>> {
  const pattern = part === "" ? "" : `*${part}*`;
  const { channels, next } = await call("channels", { pattern, limit: pageSize, cursor });
  const found = Object.entries(fieldsOf(channels));
  const lengths = await historyLengths(found.map(([name]) => name));
  const rows = found.map(([name, value], index) => ({
    name,
    clients: Number(fieldsOf(value)["num_clients"] ?? 0),
    history: lengths[index],
  }));
  return { rows, next: typeof next === "string" ? next : undefined };
}

/** Offsets have no holes, so the oldest and the newest tell how many there are. */
async function historyLengths(channels: readonly string[]): Promise<(number | undefined)[]> {
  if (channels.length === 0) return [];
  const commands = channels.map((channel) => ({ history: { channel, limit: 1 } }));
  const { replies } = await call("batch", { commands, parallel: true });
  return channels.map((_, index) => {
    const reply = Array.isArray(replies) ? fieldsOf(replies[index]) : {};
    const { publications, offset } = fieldsOf(reply["history"]);
    if (!Array.isArray(publications) || typeof offset !== "number") return undefined;
    const oldest = fieldsOf(publications[0])["offset"];
    return typeof oldest === "number" ? offset - oldest + 1 : 0;
  });
}

/** Ends a client's connection. @throws Error as the server says it */
export async function disconnectClient(client: string, code: number): Promise<void> {
  await call("disconnect", { client, disconnect: { code, reason: "operator" } });
}

/** Publishes JSON; resolves with its place in the history, if there is one. @throws Error as the server says it */
export async function publishTo(channel: string, data: unknown): Promise<number | undefined> {
  const { offset } = await call("publish", { channel, data });
  return typeof offset === "number" ? offset : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
