/**
 * A method of the API: its name, the shapes of its request and its result, and what it does. Whoever calls it gives JSON and
 * gets JSON; in between it is typed by its shapes.
 */
import type { Hub, HubChannel, Logger } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

import { ApiError, badRequest } from "./api-error.ts";
import { readMessage } from "./message-reader.ts";
import { writeMessage } from "./message-writer.ts";
import type { MessageOf, Shape } from "./shape.ts";
import type { Survey } from "./survey.ts";

/** What methods work on. */
export interface ApiSite {
  readonly hub: Hub;
  /** Asks all nodes what each alone knows. */
  readonly survey: Survey;
  readonly logger: Logger;
}

export interface MethodDefinition<Request extends Shape, Result extends Shape> {
  /** Its path below the prefix, and its name in batches. */
  readonly name: string;
  /** In a line, for the description. */
  readonly summary: string;
  readonly request: Request;
  readonly result: Result;
  /** @throws ApiError, or a Refusal of the hub's */
  run(site: ApiSite, request: MessageOf<Request>): Promise<MessageOf<Result>>;
}

export interface Method {
  readonly name: string;
  readonly summary: string;
  readonly request: Shape;
  readonly result: Shape;
  /** Whether the answer is the result alone and not `{ "result": … }`. */
  readonly bare?: true;
  /** Resolves with the result as JSON. @throws BadMessage as a rejection when `body` is no request; ApiError, or a Refusal of the hub's */
  call(site: ApiSite, body: string): Promise<string>;
}

export function defineMethod<Request extends Shape, Result extends Shape>(
  definition: MethodDefinition<Request, Result>,
): Method {
  const { name, summary, request, result } = definition;
  return {
    name,
    summary,
    request,
    result,
    async call(site, body) {
      return writeMessage(await definition.run(site, readMessage(body, request)), result);
    },
  };
}

/** The channel, or the error that says why there is none of that name. */
export function channelOf({ hub }: ApiSite, name: string): HubChannel<unknown> {
  if (!hub.knowsNamespaceOf(name)) throw new ApiError(replyErrors.unknownChannel);
  try {
    return hub.channel(name);
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : "channel");
  }
}
