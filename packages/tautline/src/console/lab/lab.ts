/**
 * The comparison lab: the same updates over six transports, side by side, with what each of them costs. Anybody who may see the page
 * may use it; how many runs there are, and how much each may ask for, is bounded. It is two parts of the console, because a
 * WebSocket server either compresses or does not.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Clock, Hub } from "@tautline/hub";
import type { Connection, UpgradeRequest } from "@tautline/node";
import { CloseCode } from "@tautline/protocol";

import { answerText } from "../../serve/page-answers.ts";
import type { ConsoleContext, ConsolePart } from "../console-part.ts";
import { httpLines } from "./http-lines.ts";
import { LabRun } from "./lab-run.ts";
import { labLimits, transports } from "./lab-terms.ts";
import type { LabTerms, Transport } from "./lab-terms.ts";
import type { LabHost, RunRefusal } from "./lab-visitor.ts";
import { LabVisitor } from "./lab-visitor.ts";
import { carryOverWebSocket } from "./websocket-line.ts";

/** As a feed of small messages that resemble each other wants it: each of them, with what came before in mind. */
const feedCompression = { thresholdBytes: 0, contextTakeover: true };

type LabContext = Pick<ConsoleContext, "clock"> & { readonly hub: Pick<Hub, "nodes"> };

export function labParts({ clock, hub }: LabContext): readonly ConsolePart[] {
  const lab = new Lab({ clock, hub });
  return [
    {
      name: "lab",
      guarded: false,
      answer: (request, response, rest) => lab.answer(request, response, rest),
      accept: (connection, request) => lab.accept(connection, request),
      close: () => lab.close(),
    },
    {
      name: "lab-deflate",
      guarded: false,
      compression: feedCompression,
      accept: (connection, request) => lab.carry("websocket-deflate", connection, request),
    },
  ];
}

class Lab implements LabHost {
  readonly clock: Clock;
  readonly #hub: Pick<Hub, "nodes">;
  readonly #runs = new Map<string, LabRun>();
  #visitors = 0;

  constructor({ clock, hub }: LabContext) {
    this.clock = clock;
    this.#hub = hub;
  }

  openRun(terms: LabTerms): LabRun | RunRefusal {
    // A run is this process's, and its lines would arrive at any of several.
    if (this.#hub.nodes.size > 1) return "fleet";
    if (this.#runs.size >= labLimits.maxRuns) return "busy";
    const run = new LabRun(randomUUID(), terms, this.clock);
    this.#runs.set(run.id, run);
    return run;
  }

  closeRun(run: LabRun): void {
    this.#runs.delete(run.id);
    run.end();
  }

  /** `/<run>/<transport>?after=<number>`: updates over plain HTTP. */
  answer(request: IncomingMessage, response: ServerResponse, rest: string): boolean {
    const [, id = "", name = "", ...more] = rest.split("/");
    const transport = transports.find((known) => known === name);
    const carry = transport && httpLines[transport];
    if (carry === undefined || more.length > 0 || request.method !== "GET") return false;
    const run = this.#runs.get(id);
    const after = numberAfter(request.url ?? "");
    if (run === undefined) answerText(response, 404, "There is no such run here.");
    else if (after === undefined) answerText(response, 400, "After which update?");
    else if (!carry({ run, request, response, clock: this.clock, after })) {
      answerText(response, 409, "One request at a time.");
    }
    return true;
  }

  /** Somebody who wants runs; or with `?run=<run>` a line that carries one. */
  accept(connection: Connection, request: UpgradeRequest): void {
    if (request.query.has("run")) {
      this.carry("websocket", connection, request);
      return;
    }
    if (this.#visitors >= labLimits.maxVisitors) {
      connection.close(CloseCode.tryAgainLater, "too many are here");
      return;
    }
    this.#visitors += 1;
    connection.onClose(() => {
      this.#visitors -= 1;
    });
    void new LabVisitor(connection, this);
  }

  carry(transport: Transport, connection: Connection, request: UpgradeRequest): void {
    const run = this.#runs.get(request.query.get("run") ?? "");
    if (run === undefined) connection.close(CloseCode.policyViolation, "there is no such run here");
    else carryOverWebSocket(run, transport, connection, request);
  }

  close(): void {
    for (const run of this.#runs.values()) this.closeRun(run);
  }
}

/** The number in `?after=`; 0 without one, and `undefined` when it is none. */
function numberAfter(target: string): number | undefined {
  const text = new URLSearchParams(target.split("?", 2)[1] ?? "").get("after") ?? "0";
  return /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
}
