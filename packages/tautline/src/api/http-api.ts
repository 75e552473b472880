/**
 * The API over HTTP, for backends in any language: it lets in who has a key, reads a body, has a method carry out what it
 * says, and answers with a result or an error in JSON. What methods do stands in `methods/`.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Clock, Tracer } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

import { readBody } from "../http/request-body.ts";
import { ApiKeys } from "./api-keys.ts";
import { apiMethods, questions } from "./api-methods.ts";
import type { CallSetup, Outcome } from "./call.ts";
import { call } from "./call.ts";
import type { ErrorAnswer } from "./error-of.ts";
import { errorOf } from "./error-of.ts";
import type { ApiMeter } from "./meter.ts";
import { noApiMeter } from "./meter.ts";
import type { ApiSite, Method } from "./method.ts";
import type { ApiOptions } from "./options.ts";
import { resolveApiOptions } from "./options.ts";
import { callPipeline } from "./pipeline.ts";
import { Survey } from "./survey.ts";

export interface HttpApiSetup extends Omit<ApiSite, "survey"> {
  readonly clock: Clock;
  readonly meter?: ApiMeter | undefined;
  readonly tracer?: Tracer | undefined;
  readonly options?: Partial<ApiOptions> | undefined;
}

/** What is answered. */
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const byName = new Map(apiMethods.map((method) => [method.name, method]));

/** What a body may say that it is. Untold, curl says of JSON that it is a form, and `fetch` that it is plain text. */
const jsonTypes =
  /^(?:application\/json|application\/x-www-form-urlencoded|text\/plain)\s*(?:;\s*charset="?utf-8"?\s*)?$/iu;

const decoder = new TextDecoder("utf-8", { fatal: true });

export class HttpApi {
  readonly #setup: CallSetup;
  readonly #options: ApiOptions;
  readonly #keys: ApiKeys;
  #pending = 0;
  #closed = false;

  /** @throws RangeError for options that make no sense */
  constructor(setup: HttpApiSetup) {
    const { meter = noApiMeter, tracer } = setup;
    this.#options = resolveApiOptions(setup.options);
    const survey = new Survey({ ...setup, questions });
    this.#setup = { ...setup, ...this.#options, survey, meter, tracer };
    this.#keys = new ApiKeys(this.#options.keys);
  }

  /** Takes no more requests; those under way are answered. */
  close(): void {
    this.#closed = true;
  }

  /** Carries out a method for somebody who needs no key, such as the server's own page. Never rejects. */
  call(method: Method, body: string): Promise<Outcome> {
    return call(this.#setup, method, body === "" ? "{}" : body);
  }

  /** Takes a request when its path is one of the API's, and says whether it did. Without a key no path is. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const name = this.#nameIn(request.url ?? "/");
    if (name === undefined || !this.#keys.any) return false;
    this.#answer(name, request)
      .catch((error: unknown) => this.#refusal(500, errorOf(error, this.#setup)))
      .then((answer) => send(request, response, answer))
      .catch((err: unknown) => this.#setup.logger.error({ err }, "an answer of the API failed"));
    return true;
  }

  /** What follows the prefix; "" for the prefix itself. */
  #nameIn(target: string): string | undefined {
    const [path = "/"] = target.split("?", 1);
    const { prefix } = this.#options;
    if (path === prefix) return "";
    return path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : undefined;
  }

  async #answer(name: string, request: IncomingMessage): Promise<Answer> {
    const refused = this.#refuse(name, request);
    if (refused !== undefined) return refused;
    this.#pending += 1;
    try {
      const body = await readBody(request, this.#setup.clock, this.#options);
      if ("refused" in body) {
        return this.#refusal(body.refused, replyErrors.badRequest, { Connection: "close" });
      }
      const text = textOf(body.bytes);
      if (text === undefined) return this.#refusal(400, replyErrors.badRequest);
      const method = byName.get(name);
      if (method !== undefined) return await this.#single(method, text);
      return { status: 200, body: await callPipeline(this.#setup, text) };
    } finally {
      this.#pending -= 1;
    }
  }

  /** What is wrong with a request before its body is looked at. */
  #refuse(name: string, { method, headers, socket }: IncomingMessage): Answer | undefined {
    if (method !== "POST") return this.#refusal(405, replyErrors.badRequest, { Allow: "POST" });
    if (!this.#keys.admit(headers)) {
      const { remoteAddress } = socket;
      this.#setup.logger.info({ remoteAddress }, "a request to the API had no good key");
      const challenge = { "WWW-Authenticate": 'apikey realm="api"' };
      return this.#refusal(401, replyErrors.unauthorized, challenge);
    }
    if (name !== "" && !byName.has(name)) return this.#refusal(404, replyErrors.methodNotFound);
    const { "content-type": type, "content-encoding": encoding } = headers;
    if (encoding !== undefined || (type !== undefined && !jsonTypes.test(type))) {
      return this.#refusal(415, replyErrors.badRequest);
    }
    const full = this.#pending >= this.#options.maxPendingRequests;
    if (!this.#closed && !full) return undefined;
    return this.#refusal(503, replyErrors.tooManyRequests, { "Retry-After": "1" });
  }

  #refusal(
    status: number,
    error: ErrorAnswer,
    headers: Readonly<Record<string, string>> = {},
  ): Answer {
    this.#setup.meter.requestRefused(status);
    return { status, headers, body: errorText(error) };
  }

  async #single(method: Method, text: string): Promise<Answer> {
    const outcome = await this.call(method, text);
    if ("error" in outcome) {
      return { status: outcome.malformed ? 400 : 200, body: errorText(outcome.error) };
    }
    const { result } = outcome;
    return { status: 200, body: method.bare === true ? result : `{"result":${result}}` };
  }
}

function errorText({ code, message }: ErrorAnswer): string {
  return JSON.stringify({ error: { code, message } });
}

/** The body as text; `undefined` when it is no UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  // A body that nobody wanted is heard out: cut off, its sender would not get to read the answer.
  request.resume();
  const { status, body, headers } = answer;
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(body);
}
