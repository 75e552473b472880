/** One call of a method: in its time, within its span, and counted; from its request in JSON to a result or an error. */
import type { Clock, Span, Tracer } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

import { ApiError } from "./api-error.ts";
import type { ErrorAnswer } from "./error-of.ts";
import { errorOf } from "./error-of.ts";
import { BadMessage } from "./message-reader.ts";
import type { ApiMeter } from "./meter.ts";
import type { ApiSite, Method } from "./method.ts";

/** What calls need. */
export interface CallSetup extends ApiSite {
  readonly clock: Clock;
  readonly meter: ApiMeter;
  readonly tracer: Tracer | undefined;
  readonly methodTimeoutMs: number;
}

export type Outcome =
  | { readonly result: string }
  | {
      readonly error: ErrorAnswer;
      /** Whether what was asked is no request at all, and not only one that cannot be granted. */
      readonly malformed: boolean;
    };

/** Never rejects. */
export async function call(setup: CallSetup, method: Method, body: string): Promise<Outcome> {
  const { meter, tracer } = setup;
  const ended = meter.methodStarted(method.name);
  const outcome =
    tracer === undefined
      ? await attempt(setup, method, body)
      : await tracer.span(`tautline.api.${method.name}`, {}, (span) =>
          attemptIn(span, () => attempt(setup, method, body)),
        );
  ended("error" in outcome ? outcome.error.code : 0);
  return outcome;
}

async function attemptIn(span: Span, work: () => Promise<Outcome>): Promise<Outcome> {
  const outcome = await work();
  if ("error" in outcome) span.fail(`code ${outcome.error.code}`);
  return outcome;
}

async function attempt(setup: CallSetup, method: Method, body: string): Promise<Outcome> {
  try {
    return { result: await inTime(setup, method.call(setup, body)) };
  } catch (error) {
    const malformed = error instanceof BadMessage && error.kind === "form";
    return { error: errorOf(error, setup), malformed };
  }
}

/** What takes too long goes on, but nobody waits for it. */
function inTime<Value>(
  { clock, methodTimeoutMs }: CallSetup,
  work: Promise<Value>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(
      () => reject(new ApiError({ ...replyErrors.internal, message: "timeout" })),
      methodTimeoutMs,
    );
    work.then(resolve, reject).finally(cancel);
  });
}
