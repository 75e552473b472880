/**
 * Questions about what single nodes alone know, put to all nodes that act as one. What comes of it is the whole truth or nothing:
 * a node that is there and does not answer fails the question.
 */
import type { Hub, Logger } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

import { ApiError } from "./api-error.ts";
import { readMessage } from "./message-reader.ts";
import { writeMessage } from "./message-writer.ts";
import type { MessageOf, Shape } from "./shape.ts";

/** What a node answers to a question of this name. */
export interface Answering {
  readonly name: string;
  /** Takes the request and gives the result as texts. @throws BadMessage for what is no request */
  answer(hub: Hub, request: string): string;
}

export interface Question<Request, Result> extends Answering {
  /** What there is at this hub. */
  look(hub: Hub, request: Request): Result;
  writeRequest(request: Request): string;
  /** @throws BadMessage for what is no result */
  readResult(text: string): Result;
}

/** A question whose request and result travel by their shapes. */
export function defineQuestion<Asked extends Shape, Found extends Shape>(terms: {
  readonly name: string;
  readonly request: Asked;
  readonly result: Found;
  look(hub: Hub, request: MessageOf<Asked>): MessageOf<Found>;
}): Question<MessageOf<Asked>, MessageOf<Found>> {
  const { name, request, result } = terms;
  return {
    name,
    look: (hub, message) => terms.look(hub, message),
    answer: (hub, text) => writeMessage(terms.look(hub, readMessage(text, request)), result),
    writeRequest: (message) => writeMessage(message, request),
    readResult: (text) => readMessage(text, result),
  };
}

export interface SurveySetup {
  readonly hub: Hub;
  readonly logger: Logger;
  /** All that other nodes may ask this one. */
  readonly questions: readonly Answering[];
}

/** How long a node may take to answer, in milliseconds: less than a method may, so that its error says who does not. */
const patienceMs = 5000;

export class Survey {
  readonly #setup: SurveySetup;

  /** From now on other nodes are answered, until the hub ends. */
  constructor(setup: SurveySetup) {
    this.#setup = setup;
    const { hub, logger } = setup;
    hub.relay
      ?.start(lineOf(hub.node), (asked) => this.#answer(asked))
      .catch((err: unknown) => {
        logger.error({ err }, "other nodes cannot ask this one");
      });
  }

  /**
   * What each node has found.
   *
   * @throws ApiError as a rejection when one does not answer; what the broker fails with
   */
  async ask<Request, Result>(
    question: Question<Request, Result>,
    request: Request,
  ): Promise<readonly Result[]> {
    const { hub } = this.#setup;
    const text = `${question.name}\n${question.writeRequest(request)}`;
    const others = [...hub.nodes.keys()].filter((node) => node !== hub.node);
    const answers = await Promise.all(others.map((node) => this.#askOther(node, text)));
    const found = [question.look(hub, request)];
    for (const answer of answers) if (answer !== undefined) found.push(question.readResult(answer));
    return found;
  }

  /** Its answer; nothing when it has ended meanwhile, and with it all that it knew. */
  async #askOther(node: string, text: string): Promise<string | undefined> {
    const { hub } = this.#setup;
    const before = hub.nodes.get(node);
    const answer = await hub.relay?.ask(lineOf(node), text, patienceMs);
    if (answer !== undefined || !hub.nodes.has(node)) return answer;
    const who = before?.name === undefined || before.name === "" ? node : before.name;
    throw new ApiError({ ...replyErrors.internal, message: `node ${who} does not answer` });
  }

  async #answer(asked: string): Promise<string> {
    const { hub, questions } = this.#setup;
    const end = asked.indexOf("\n");
    const question = questions.find(({ name }) => name === asked.slice(0, end));
    if (question === undefined) throw new RangeError("This question is not known");
    return question.answer(hub, asked.slice(end + 1));
  }
}

/** Where a node hears questions. */
function lineOf(node: string): string {
  return `${node}/survey`;
}
