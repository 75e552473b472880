/**
 * Where the requests of clients arrive that speak beside their connection: at this node or, through the relay, at any
 * other. Whoever does not know a session's secret and its node reaches nobody, and is not told which of the two is wrong.
 */
import type { Logger, NodeRelay } from "@tautline/hub";

import type { EmulationRequest, PollRequest, SendRequest } from "./emulation-request.ts";
import { readRelayText, relayText } from "./emulation-request.ts";
import type { HeldLine } from "./held-line.ts";
import type { PollAnswer } from "./poll-line.ts";
import { PollLine } from "./poll-line.ts";

/** How a request came to its end, as a status of HTTP, and what is to be said. */
export interface DeskAnswer {
  readonly status: 200 | 204 | 400 | 404 | 503;
  readonly body?: string;
}

export interface ClientDeskSetup {
  /** The name of this node; nobody else has it. */
  readonly node: string;
  /** Without one there is this node alone. */
  readonly relay: NodeRelay | undefined;
  readonly logger: Logger;
  readonly relayTimeoutMs: number;
  /** How long a poll is held at most: the relay has to wait longer. */
  readonly pollTimeoutMs: number;
}

export class ClientDesk {
  readonly #setup: ClientDeskSetup;
  readonly #lines = new Map<string, HeldLine>();

  constructor(setup: ClientDeskSetup) {
    this.#setup = setup;
  }

  get node(): string {
    return this.#setup.node;
  }

  /** Resolves when other nodes can ask this one. */
  async open(): Promise<void> {
    await this.#setup.relay?.start(this.node, (text) => this.#answerNode(text));
  }

  async close(): Promise<void> {
    await this.#setup.relay?.stop(this.node);
  }

  seat(session: string, line: HeldLine): void {
    this.#lines.set(session, line);
  }

  release(session: string): void {
    this.#lines.delete(session);
  }

  /** Carries a client's request to its connection, wherever that is. Never rejects. */
  async take(request: EmulationRequest): Promise<DeskAnswer> {
    if (request.node === this.node) return this.#serve(request);
    const { relay, relayTimeoutMs, pollTimeoutMs, logger } = this.#setup;
    const patienceMs = "cursor" in request ? relayTimeoutMs + pollTimeoutMs : relayTimeoutMs;
    try {
      const text = await relay?.ask(request.node, relayText(request), patienceMs);
      return text === undefined ? { status: 404 } : readAnswer(text);
    } catch (err) {
      logger.error({ err }, "another node could not be asked");
      return { status: 503 };
    }
  }

  async #answerNode(text: string): Promise<string> {
    const request = readRelayText(text);
    const answer: DeskAnswer = request === undefined ? { status: 400 } : await this.#serve(request);
    return JSON.stringify(answer);
  }

  async #serve(request: EmulationRequest): Promise<DeskAnswer> {
    const line = this.#lines.get(request.session);
    if (line === undefined) return { status: 404 };
    return "data" in request ? send(line, request) : this.#poll(line, request);
  }

  async #poll(line: HeldLine, { session, cursor, leave }: PollRequest): Promise<DeskAnswer> {
    // A stream's session opens no second way to its messages.
    if (!(line instanceof PollLine)) return { status: 404 };
    if (leave) {
      line.leave();
      return { status: 204 };
    }
    const answer = await line.poll(cursor);
    if (answer === undefined) return { status: 400 };
    return { status: 200, body: this.pollBody(session, answer) };
  }

  /** A line about the answer, then a line for each message. */
  pollBody(session: string, { cursor, messages, over }: PollAnswer): string {
    const head = JSON.stringify({ session, node: this.node, cursor, ...(over && { over }) });
    return [head, ...messages.map((message) => Buffer.from(message).toString())].join("\n");
  }
}

async function send(line: HeldLine, { data }: SendRequest): Promise<DeskAnswer> {
  return { status: (await line.receive(data)) ? 204 : 404 };
}

/** What another node said. It is a node of the same service, perhaps of another version. */
function readAnswer(text: string): DeskAnswer {
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && "status" in value) {
    const body = "body" in value && typeof value.body === "string" ? value.body : undefined;
    const { status } = value;
    if (status === 200 && body !== undefined) return { status, body };
    if (status === 204 || status === 400 || status === 404) return { status };
  }
  return { status: 503 };
}
