/**
 * The four ways over plain HTTP: a request that is answered at once, one that is held until there is something, and two responses
 * without end. Their answers have the headers that such answers need and no more, so that what is counted is the transport's.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Clock } from "@tautline/hub";

import { labLimits } from "./lab-terms.ts";
import type { Transport } from "./lab-terms.ts";
import type { LabLine, LabRun } from "./lab-run.ts";
import type { Update } from "./update-text.ts";

export interface LabExchange {
  readonly run: LabRun;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** The number of the last update that the page has. */
  readonly after: number;
}

const bareHeaders: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** How each transport over HTTP carries updates. False: the run has such a line already, and nothing was answered. */
export const httpLines: Readonly<Partial<Record<Transport, (exchange: LabExchange) => boolean>>> = {
  "short-polling": (exchange) => answerPoll(exchange, "short-polling", false),
  "long-polling": (exchange) => answerPoll(exchange, "long-polling", true),
  sse: (exchange) => answerStream(exchange, "sse", "text/event-stream", eventOf),
  "http-stream": (exchange) =>
    answerStream(exchange, "http-stream", "application/x-ndjson", lineOf),
};

/** HTML standard §9.2.6: the data of an event, which is its only field here, and the blank line that ends it. */
const eventOf = ({ text }: Update): string => `data: ${text}\n\n`;
const lineOf = ({ text }: Update): string => `${text}\n`;

const asleep = (): void => undefined;

function answerPoll(exchange: LabExchange, transport: Transport, held: boolean): boolean {
  const { run, response, clock, after } = exchange;
  const { path, log } = run;
  let wake = asleep;
  const line = { push: () => wake(), end: () => void response.destroy() };
  if (!run.join(transport, line)) return false;
  watch(exchange, transport, line);
  const answer = (): void => {
    wake = asleep;
    const body = Buffer.from(log.after(after));
    path.pass(() => {
      // Before the answer leaves: the next request may be here as soon as it has.
      run.leave(transport, line);
      response.writeHead(200, {
        ...bareHeaders,
        "Content-Type": "application/json",
        "Content-Length": body.length,
      });
      response.end(body);
    });
  };
  path.pass(() => {
    if (!held || log.last > after) return answer();
    const cancel = clock.schedule(answer, labLimits.heldMs);
    response.once("close", cancel);
    wake = () => {
      cancel();
      answer();
    };
  });
  return true;
}

function answerStream(
  exchange: LabExchange,
  transport: Transport,
  contentType: string,
  format: (update: Update) => string,
): boolean {
  const { run, response } = exchange;
  let opened = false;
  const line: LabLine = {
    push(update) {
      const text = format(update);
      run.path.pass(() => {
        // What was made before the stream stood is not for it.
        if (!opened) return;
        if (response.writableLength > labLimits.maxWaitingBytes) response.destroy();
        else response.write(text);
      });
    },
    end: () => void response.destroy(),
  };
  if (!run.join(transport, line)) return false;
  watch(exchange, transport, line);
  const open = (): void => {
    opened = true;
    response.writeHead(200, { ...bareHeaders, "Content-Type": contentType });
    response.flushHeaders();
  };
  // There and back.
  run.path.pass(() => run.path.pass(open));
  return true;
}

/** Counts the exchange while it lasts, and lets go of its line at its end. */
function watch({ run, request, response }: LabExchange, transport: Transport, line: LabLine): void {
  const stop = run.wire[transport].request(request);
  // Written to after the browser has gone: it has closed as well.
  response.on("error", () => response.destroy());
  response.once("close", () => {
    run.leave(transport, line);
    stop();
  });
}
