/** Plays one case about the opening handshake to a client whose request has come. */
import type { Socket } from "node:net";
import { dribble } from "../dribble.ts";
import { askForEcho, awaitEcho, questionFrame } from "../echo-question.ts";
import { refuseRequest, requestProblem } from "../handshake.ts";
import type { RawHead } from "../handshake.ts";
import { MessageDeflate } from "../message-deflate.ts";
import type { Observation } from "../observation.ts";
import { Tester, turns } from "../tester.ts";
import type { TesterTimes } from "../tester.ts";
import { answerBytes } from "./answer-bytes.ts";
import { lackOf } from "./client-offer.ts";
import type { AnswerEdits, ClientOpeningCase } from "./client-opening-case.ts";
import type { ClientOpeningSeen } from "./client-opening-judgement.ts";
import { partOf, requestRules } from "./request-rules.ts";

/** A client that waits for its answer. */
export interface WaitingClient {
  readonly socket: Socket;
  readonly head: RawHead;
  /** Whether an earlier connection had the same key; undefined for the first connection. */
  readonly isKeyKnown: boolean | undefined;
}

const firstMessage = questionFrame("server");

export async function playClientOpening(
  row: ClientOpeningCase,
  client: WaitingClient,
  times: TesterTimes,
): Promise<ClientOpeningSeen> {
  const { socket, head } = client;
  const problem = requestProblem(head);
  if (row.asks !== undefined) {
    const { bytes } =
      row.asks === "patience" ? await watch(socket, times.quietMs) : { bytes: Buffer.alloc(0) };
    const rest = Buffer.concat([head.rest, bytes]);
    const { localPort } = socket;
    const request = { ...client, localPort, early: rest.byteLength };
    const judgement = requestRules[row.asks](request);
    await answered({}, { ...client, head: { ...head, rest } }, times);
    return { kind: "asked", judgement, part: partOf(row.asks, head) };
  }
  if (problem !== undefined) {
    refuseRequest(socket);
    return { kind: "no handshake", problem };
  }
  const { edits = {} } = row;
  if (edits.arrival === "never") return unanswered(client, times);
  const lack = lackOf(row.needs, head.fields);
  const reaction = await answered(lack === undefined ? edits : {}, client, times);
  return lack === undefined ? { kind: "answered", reaction } : { kind: "lacking", lack };
}

async function unanswered(
  { socket, head }: WaitingClient,
  times: TesterTimes,
): Promise<ClientOpeningSeen> {
  const { bytes, hasEnded } = await watch(socket, times.silenceMs);
  socket.destroy();
  const byteLength = head.rest.byteLength + bytes.byteLength;
  return { kind: "unanswered", hasLeft: hasEnded, byteLength };
}

async function answered(
  edits: AnswerEdits,
  { socket, head }: WaitingClient,
  times: TesterTimes,
): Promise<Observation> {
  const isOpen = (edits.status ?? 101) === 101;
  const answer = answerBytes(edits, head, firstMessage);
  const isTogether = edits.arrival === "with the first message";
  if (edits.arrival === "byte by byte") await dribble(socket, answer);
  else socket.write(isTogether ? Buffer.concat([answer, firstMessage]) : answer);
  await turns();
  const deflate = edits.deflate === undefined ? undefined : inflating(edits.deflate);
  const tester = new Tester({ socket, role: "server", times, deflate });
  // A client of plain HTTP leaves the end to the server that said `close`.
  const end = isOpen ? undefined : setTimeout(() => socket.end(), times.chanceMs);
  try {
    return await tester.play(isOpen && !isTogether ? askForEcho : awaitEcho, head.rest);
  } finally {
    clearTimeout(end);
  }
}

/** What the client compresses: nothing is sent compressed. */
function inflating(parameters: readonly string[]): MessageDeflate {
  const takeover = !parameters.includes("client_no_context_takeover");
  const direction = { takeover, windowBits: 15 };
  return new MessageDeflate({ tester: direction, peer: direction });
}

interface Watched {
  readonly bytes: Buffer;
  readonly hasEnded: boolean;
}

/** More than this is not kept of a client that talks where it has to listen. */
const mostWatchedBytes = 64 * 1024;

/** What comes in so much time, or until the client ends it. The socket is paused before and afterwards. */
function watch(socket: Socket, ms: number): Promise<Watched> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let byteLength = 0;
    const stop = (hasEnded: boolean) => {
      clearTimeout(timer);
      socket.pause();
      socket.off("data", read).off("end", ended).off("close", ended);
      resolve({ bytes: Buffer.concat(chunks), hasEnded });
    };
    const ended = () => stop(true);
    const read = (chunk: Buffer) => {
      chunks.push(chunk);
      byteLength += chunk.byteLength;
      if (byteLength > mostWatchedBytes) stop(false);
    };
    const timer = setTimeout(() => stop(false), ms);
    socket.on("data", read).on("end", ended).on("close", ended);
    if (socket.destroyed) ended();
    else socket.resume();
  });
}
