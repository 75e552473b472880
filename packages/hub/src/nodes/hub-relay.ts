/**
 * The line between nodes over what joins their hubs. A node's name on it begins with the name of its hub, so that whoever
 * asks knows where to ask; a name that was made up costs nobody any time.
 */

import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { NodeRelay } from "../ports/node-relay.ts";
import type { NodeMessage, Piece } from "./node-message.ts";
import { Pieces, piecesOf } from "./pieces.ts";

type Answer = (request: string) => Promise<string>;

export interface HubRelaySetup {
  /** The name of this hub. */
  readonly node: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether there may be a hub of that name. */
  readonly knows: (node: string) => boolean;
  /** Rejects when it cannot be said. */
  readonly tell: (message: NodeMessage, node: string) => Promise<void>;
}

interface Question {
  readonly node: string;
  readonly answered: (text: string | undefined) => void;
}

/** Questions of this hub that wait for answers; more are not asked. */
const maxQuestions = 100_000;

export class HubRelay implements NodeRelay {
  readonly #setup: HubRelaySetup;
  readonly #lines = new Map<string, Answer>();
  readonly #questions = new Map<number, Question>();
  readonly #asked: Pieces;
  readonly #answers: Pieces;
  #lastId = 0;

  constructor(setup: HubRelaySetup) {
    this.#setup = setup;
    this.#asked = new Pieces(setup.clock);
    this.#answers = new Pieces(setup.clock);
  }

  /** @throws RangeError as a rejection when the name is not this hub's own, or a slash and more after it */
  async start(name: string, answer: Answer): Promise<void> {
    if (hubOf(name) !== this.#setup.node || this.#lines.has(name)) {
      throw new RangeError(`A node of this hub is called ${this.#setup.node}, or that/and-more`);
    }
    this.#lines.set(name, answer);
  }

  async stop(name: string): Promise<void> {
    this.#lines.delete(name);
  }

  async ask(name: string, request: string, timeoutMs: number): Promise<string | undefined> {
    const { node: own, knows } = this.#setup;
    const node = hubOf(name);
    const isHere = node === own;
    if (!(isHere || knows(node)) || this.#questions.size >= maxQuestions) return undefined;
    const id = (this.#lastId += 1);
    return this.#answerTo(id, node, timeoutMs, async () => {
      if (isHere) return this.#askHere(id, name, request);
      for (const piece of piecesOf(id, request)) {
        await this.#setup.tell({ kind: "ask", line: name, piece }, node);
      }
    });
  }

  /** Another hub asks. */
  asked(from: string, line: string, piece: Piece): void {
    const request = this.#asked.take(from, piece);
    const answer = this.#lines.get(line);
    if (request === undefined || answer === undefined) return;
    this.#reply(from, piece.id, answer(request)).catch((err: unknown) => {
      this.#setup.logger.error({ err, node: from }, "a node could not be answered");
    });
  }

  /** Another hub answers. */
  answered(from: string, piece: Piece): void {
    const question = this.#questions.get(piece.id);
    // Late, or from somebody who was not asked.
    if (question?.node !== from) return;
    const text = this.#answers.take(from, piece);
    if (text !== undefined) question.answered(text);
  }

  /** What that hub was asked is answered by nobody. */
  lose(node: string): void {
    for (const question of this.#questions.values()) {
      if (question.node === node) question.answered(undefined);
    }
  }

  close(): void {
    this.#lines.clear();
    this.#asked.clear();
    this.#answers.clear();
  }

  /** Another line of this very hub. */
  async #askHere(id: number, name: string, request: string): Promise<void> {
    const text = await this.#lines.get(name)?.(request);
    this.#questions.get(id)?.answered(text);
  }

  async #reply(node: string, id: number, answer: Promise<string>): Promise<void> {
    for (const piece of piecesOf(id, await answer)) {
      await this.#setup.tell({ kind: "answer", piece }, node);
    }
  }

  #answerTo(
    id: number,
    node: string,
    timeoutMs: number,
    send: () => Promise<void>,
  ): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#setup.clock.schedule(() => settle(() => resolve(undefined)), timeoutMs);
      const settle = (act: () => void): void => {
        cancel();
        this.#questions.delete(id);
        act();
      };
      this.#questions.set(id, { node, answered: (text) => settle(() => resolve(text)) });
      send().catch((error: unknown) => settle(() => reject(error)));
    });
  }
}

/** The hub in the name of a node. */
function hubOf(name: string): string {
  const slash = name.indexOf("/");
  return slash === -1 ? name : name.slice(0, slash);
}
