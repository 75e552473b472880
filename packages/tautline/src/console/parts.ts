/** The parts that a server's console has. */
import { answerJson } from "../serve/page-answers.ts";
import { usesPart } from "./uses/uses-part.ts";
import type { ConsoleContext, ConsolePart } from "./console-part.ts";
import { ProbePart } from "./probe/probe-part.ts";
import { Dashboard } from "./dashboard/dashboard.ts";
import { labParts } from "./lab/lab.ts";

/** Tells who has a token whether it is the right one. */
const access: ConsolePart = {
  name: "access",
  guarded: true,
  answer(_request, response) {
    answerJson(response, 200, {});
    return true;
  },
};

/** Those that stand open, for trying things out, are there with `demos` only. */
export function consoleParts(context: ConsoleContext): readonly ConsolePart[] {
  const { page, demos } = context.settings;
  if (!page) return [];
  const open = demos ? [usesPart(context), ...labParts(context)] : [];
  return [access, new ProbePart(context), new Dashboard(context), ...open];
}
