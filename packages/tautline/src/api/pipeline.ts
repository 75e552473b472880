/**
 * Commands as they were sent before each method had a path: each a line with the name of a method and its parameters, all
 * to the prefix itself. Libraries that send many commands at once still do.
 */
import { replyErrors } from "@tautline/wire";
import { jsonOf } from "@tautline/wire";

import { apiMethods } from "./api-methods.ts";
import type { CallSetup, Outcome } from "./call.ts";
import { call } from "./call.ts";
import { errorOf } from "./error-of.ts";
import { readMessage } from "./message-reader.ts";
import { defineShape } from "./shape.ts";

/** Lines of one body at most; further ones are not looked at. */
const mostLines = 10_000;

const lineShape = defineShape("PipelinedCommand", {
  id: { kind: "integer", least: 0, about: "Comes back with the answer." },
  method: { kind: "text", needed: true, about: "The method." },
  params: { kind: "json", about: "Its request." },
});

/** Carries out the commands in their order and gives the answers, a line for each. Never rejects. */
export async function callPipeline(setup: CallSetup, body: string): Promise<string> {
  const answers: string[] = [];
  for (const line of body.split("\n", mostLines)) {
    if (line.trim() !== "") answers.push(await answerTo(setup, line));
  }
  return answers.join("\n");
}

async function answerTo(setup: CallSetup, line: string): Promise<string> {
  try {
    const { id, method: name, params } = readMessage(line, lineShape);
    const method = apiMethods.find((known) => known.name === name);
    const body = params === undefined ? "{}" : (jsonOf(params) ?? "");
    const outcome: Outcome =
      method === undefined
        ? { error: replyErrors.methodNotFound, malformed: false }
        : await call(setup, method, body);
    return `{${id === undefined ? "" : `"id":${id},`}${membersOf(outcome)}}`;
  } catch (error) {
    return JSON.stringify({ error: errorOf(error, setup) });
  }
}

function membersOf(outcome: Outcome): string {
  if ("result" in outcome) return `"result":${outcome.result}`;
  const { code, message } = outcome.error;
  return `"error":${JSON.stringify({ code, message })}`;
}
