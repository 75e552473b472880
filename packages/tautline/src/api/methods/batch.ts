/** `batch`: several commands in one request, each answered by itself. */
import type { Payload } from "@tautline/wire";
import { jsonOf, replyErrors } from "@tautline/wire";

import { ApiError } from "../api-error.ts";
import { errorOf } from "../error-of.ts";
import { readMessage } from "../message-reader.ts";
import type { ApiSite, Method } from "../method.ts";
import type { Field, Fields, Shape } from "../shape.ts";
import { defineShape } from "../shape.ts";
import { errorShape } from "../shapes.ts";

/** Commands that are carried out beside each other at most. */
const mostParallel = 64;

/** The method that carries out batches of these. */
export function batchOf(methods: readonly Method[]): Method {
  const command: Shape = defineShape("Command", membersOf(methods, "request"));
  const reply: Shape = defineShape("Reply", {
    error: { kind: "object", shape: errorShape, about: "Why the command has failed." },
    ...membersOf(methods, "result"),
  });
  const request = defineShape("BatchRequest", {
    commands: {
      kind: "list",
      of: { kind: "json", like: command },
      most: 10_000,
      needed: true,
      about: "Objects with the name of one method and its request, at most 10,000.",
    },
    parallel: {
      kind: "flag",
      about: "Whether they may be carried out beside each other. Default: false, in their order.",
    },
  });
  const result = defineShape("BatchResponse", {
    replies: {
      kind: "list",
      of: { kind: "json", like: reply },
      needed: true,
      about: "The answers, in the order of the commands.",
    },
  });
  return {
    name: "batch",
    summary: "Carries out several commands.",
    request,
    result,
    bare: true,
    async call(site, body) {
      const { commands, parallel = false } = readMessage(body, request);
      const replies: string[] = [];
      const left = commands.entries();
      const work = async (): Promise<void> => {
        for (const [index, one] of left)
          replies[index] = await replyTo(site, { one, command, methods });
      };
      await Promise.all(Array.from({ length: parallel ? mostParallel : 1 }, work));
      return `{"replies":[${replies.join(",")}]}`;
    },
  };
}

/** A field for each method, which holds its request or its result. */
function membersOf(methods: readonly Method[], part: "request" | "result"): Fields {
  return Object.fromEntries(
    methods.map((method): [string, Field] => [
      method.name,
      { kind: "json", like: method[part], about: `Of ${method.name}.` },
    ]),
  );
}

interface BatchedCommand {
  readonly one: Payload;
  readonly command: Shape;
  readonly methods: readonly Method[];
}

/** Carries one command out. Never rejects: the others of its batch have nothing to do with its failure. */
async function replyTo(site: ApiSite, { one, command, methods }: BatchedCommand): Promise<string> {
  try {
    const requests = new Map<string, unknown>(
      Object.entries(readMessage(jsonOf(one) ?? "", command)),
    );
    const method = methods.find(({ name }) => requests.has(name));
    if (method === undefined) throw new ApiError(replyErrors.methodNotFound);
    const body = String(requests.get(method.name));
    return `{"${method.name}":${await method.call(site, body)}}`;
  } catch (error) {
    return JSON.stringify({ error: errorOf(error, site) });
  }
}
