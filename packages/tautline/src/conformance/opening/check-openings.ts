/** Plays the cases about the opening handshake to a server that echoes: over HTTP/1.1, a connection each. */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { CaseReport } from "../case-report.ts";
import { dribble } from "../dribble.ts";
import { askForEcho, awaitEcho, question, questionFrame } from "../echo-question.ts";
import { HandshakeFailure } from "../handshake-failure.ts";
import { dial, readHead, upgradeProblem } from "../handshake.ts";
import type { Head, RawHead, RequestExtras } from "../handshake.ts";
import { sameEvents } from "../payload.ts";
import { Tester, turns } from "../tester.ts";
import type { TesterTimes } from "../tester.ts";
import type { OpeningCase } from "./opening-case.ts";
import { slippedField } from "./opening-cases.ts";
import type { OpeningSeen } from "./opening-judgement.ts";
import { openingReport } from "./opening-report.ts";
import { requestBytes } from "./opening-request.ts";
import { writeRequest } from "./write-request.ts";

export interface OpeningCheck {
  readonly url: string;
  readonly cases: readonly OpeningCase[];
  readonly times: TesterTimes;
  /** Messages that the server sends by itself at the beginning of each connection. */
  readonly greetings: number;
  readonly extras: RequestExtras;
  /** How many connections are open at a time. */
  readonly atOnce: number;
  /** No further case begins once it is aborted. */
  readonly signal: AbortSignal;
  readonly onReport: (report: CaseReport) => void;
}

export async function checkOpenings({ cases, atOnce, signal, onReport, ...how }: OpeningCheck) {
  const worker = async (queue: OpeningCase[]): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      if (signal.aborted) return;
      onReport(openingReport(row, await play(row, how)));
    }
  };
  const queue = cases.filter(({ last }) => last !== true);
  await Promise.all(Array.from({ length: atOnce }, () => worker(queue)));
  await worker(cases.filter(({ last }) => last === true));
}

type How = Pick<OpeningCheck, "url" | "times" | "greetings" | "extras">;

async function play(row: OpeningCase, how: How): Promise<OpeningSeen> {
  const { host, pathname, search } = new URL(how.url);
  const key = randomBytes(16).toString("base64");
  const socket = dial(how.url);
  const { arrival } = row.edits;
  const request = requestBytes(row.edits, {
    host,
    path: `${pathname}${search}`,
    key,
    extras: how.extras,
  });
  const bytes =
    arrival === "with the first message"
      ? Buffer.concat([request, questionFrame("client")])
      : request;
  try {
    const answer = readHead(socket, how.times.silenceMs);
    const { quietMs } = how.times;
    const writing =
      arrival === "byte by byte"
        ? dribble(socket, bytes)
        : writeRequest(socket, bytes, { answer, quietMs });
    const [head] = await Promise.all([answer, writing]);
    return await seenOf(row, how, { socket, head, key });
  } catch (error) {
    if (!(error instanceof HandshakeFailure)) throw error;
    return { ...nothingSeen, problem: error.message };
  } finally {
    socket.destroy();
  }
}

const nothingSeen = {
  status: undefined,
  fields: new Map<string, string>(),
  echoed: undefined,
  isSplit: false,
} as const;

interface Answered {
  readonly socket: Socket;
  readonly head: RawHead;
  readonly key: string;
}

async function seenOf(
  row: OpeningCase,
  { times, greetings, extras }: How,
  { socket, head, key }: Answered,
): Promise<OpeningSeen> {
  const { fields } = head;
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(head.startLine) ?? [];
  if (status === undefined) {
    const problem = `no status line of HTTP/1.1: ${head.startLine}`;
    return { ...nothingSeen, fields, problem };
  }
  const isOpen = status === "101";
  const problem = isOpen
    ? (upgradeProblem(head, key) ?? agreementProblem(row, head, extras))
    : undefined;
  const isSplit = fields.has(slippedField) || head.lines.some((line) => /[\r\n\0]/.test(line));
  const seen = { status: Number(status), fields, problem, isSplit };
  const isWanted = row.expects === "opens" || row.expects === "declined";
  if (!isOpen || problem !== undefined || !isWanted) return { ...seen, echoed: undefined };
  await turns();
  const tester = new Tester({ socket, role: "client", times, greetings });
  const isAsked = row.edits.arrival === "with the first message";
  const { events } = await tester.play(isAsked ? awaitEcho : askForEcho, head.rest);
  return { ...seen, echoed: events.some((event) => sameEvents([event], [question])) };
}

/** What the server agreed to and was not offered, or cannot have. */
function agreementProblem(
  { edits, expects }: OpeningCase,
  { fields }: Head,
  { subprotocols }: RequestExtras,
): string | undefined {
  const extensions = fields.get("sec-websocket-extensions");
  if (extensions !== undefined) {
    return expects === "declined"
      ? `what has to be declined is accepted: ${extensions}`
      : `an extension that was not offered: ${extensions}`;
  }
  const chosen = fields.get("sec-websocket-protocol");
  const ofCase = edits.fields?.["Sec-WebSocket-Protocol"]?.join(", ").split(", ") ?? [];
  return chosen === undefined || [...ofCase, ...subprotocols].includes(chosen)
    ? undefined
    : `a subprotocol that was not offered: ${chosen}`;
}
