/** A server with an API for tests, and ways to ask it and to be its client. */
import { Client } from "@tautline/client";
import type { ServeOptions, TautlineServer } from "tautline";
import { serve } from "tautline";
import { WebSocket } from "ws";

export const key = "a-key-for-tests-only";

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON, if it is. */
  readonly json: unknown;
}

export class ApiServer {
  readonly server: TautlineServer;
  readonly #clients: Client[] = [];

  private constructor(server: TautlineServer) {
    this.server = server;
  }

  static async start(options: ServeOptions = {}): Promise<ApiServer> {
    const hooks = {
      connect: ({ data }: { data: unknown }) => ({ user: typeof data === "string" ? data : "" }),
      ...options.hooks,
    };
    const api = { keys: [key], ...options.api };
    return new ApiServer(await serve({ port: 0, page: false, ...options, hooks, api }));
  }

  get url(): string {
    const { internalPort, url } = this.server;
    return internalPort === undefined ? `${url}/api` : `http://127.0.0.1:${internalPort}/api`;
  }

  /** A request as it is given here: nothing is added but the key. */
  async send(path: string, init: RequestInit = {}): Promise<ApiAnswer> {
    const headers = { "X-API-Key": key, ...(init.headers as Record<string, string>) };
    const response = await fetch(`${this.url}${path}`, { method: "POST", ...init, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  }

  /** What the method answers to `request`. */
  async ask(method: string, request: unknown): Promise<unknown> {
    return (await this.send(`/${method}`, { body: JSON.stringify(request) })).json;
  }

  /** A client of `user`, connected. */
  async client(user: string): Promise<Client> {
    const url = `${this.server.url}/connection/websocket`;
    const client = new Client(url, { webSocket: WebSocket, data: user });
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  /** The ids of the connections of `user`, the newest last. */
  idsOf(user: string): string[] {
    const clients = [...this.server.hub.clients.values()];
    return clients.filter((client) => client.user === user).map(({ id }) => id);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.disconnect()));
    await this.server.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
