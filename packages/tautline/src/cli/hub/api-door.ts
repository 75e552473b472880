/** A hub by its HTTP API, with one of its keys: everything may be asked. */
import { UsageMistake } from "../command.ts";
import type { HistoryQuestion, HubDoor } from "./hub-door.ts";
import { serverSays } from "./server-says.ts";

type Answer = Readonly<Record<string, unknown>>;

export class ApiDoor implements HubDoor {
  readonly #address: string;
  readonly #key: string;

  /** @throws UsageMistake when the address is none */
  constructor(address: string, key: string) {
    if (!URL.canParse(address) || !/^https?:$/u.test(new URL(address).protocol)) {
      throw new UsageMistake(
        `--api-url takes an address such as http://localhost:8080/api, not '${address}'`,
      );
    }
    this.#address = address.replace(/\/$/u, "");
    this.#key = key;
  }

  async publish(channel: string, data: unknown): Promise<void> {
    await this.#ask("publish", { channel, data });
  }

  async history(channel: string, question: HistoryQuestion): Promise<readonly object[]> {
    const { publications } = await this.#ask("history", { channel, ...question });
    return objectsIn(publications).map((publication) => ({ channel, ...publication }));
  }

  async presence(channel: string): Promise<readonly object[]> {
    const { presence } = await this.#ask("presence", { channel });
    return objectsIn(Object.values(objectIn(presence)));
  }

  async presenceStats(channel: string): Promise<object> {
    const { num_clients: clients, num_users: users } = await this.#ask("presence_stats", {
      channel,
    });
    return { clients, users };
  }

  /** The channels with at least one subscriber, and how many each has. */
  async channels(pattern: string): Promise<readonly object[]> {
    const { channels } = await this.#ask("channels", { pattern });
    return Object.entries(objectIn(channels)).map(([channel, facts]) => {
      const { num_clients: clients } = objectIn(facts);
      return { channel, clients };
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws Error that says what to do */
  async #ask(method: string, request: object): Promise<Answer> {
    const response = await this.#post(method, JSON.stringify(request));
    if (response.status === 404 || response.status === 405) {
      throw new Error(`there is no API at ${this.#address}. Say where it is: --api-url`);
    }
    const answer = objectIn(await response.json().catch(() => undefined));
    const { code, message } = objectIn(answer["error"]);
    if (response.status === 401) {
      throw new Error("the server does not take this key. Give a good one: --api-key-file");
    }
    if (typeof code === "number") throw new Error(serverSays(code, String(message)));
    if (!response.ok) throw new Error(`the server answers with status ${response.status}`);
    return objectIn(answer["result"]);
  }

  async #post(method: string, body: string): Promise<Response> {
    const headers = { "X-API-Key": this.#key, "Content-Type": "application/json" };
    try {
      return await fetch(`${this.#address}/${method}`, { method: "POST", headers, body });
    } catch (cause) {
      throw new Error(
        `cannot reach ${this.#address}. Is the server running, and is the address right? See --api-url`,
        { cause },
      );
    }
  }
}

function objectIn(value: unknown): Answer {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function objectsIn(value: unknown): readonly object[] {
  return Array.isArray(value)
    ? value.filter((one: unknown) => typeof one === "object" && one !== null)
    : [];
}
