/**
 * A client that echoes and does all things right in its opening handshake, save for the one rule that it is told to
 * break. It writes requests and takes answers apart by itself: nothing of it is the tester's or the library's.
 */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { ClientSubject } from "../subjects/subject.ts";
import { isRightAnswer } from "./answer-check.ts";
import { parsed } from "./client-answer.ts";
import type { Has } from "./client-answer.ts";
import type { ClientOpeningFault } from "./client-opening-faults.ts";
import { keyFor, request } from "./client-request.ts";
import { PatchedPeer } from "./patched-peer.ts";

const endOfHead = "\r\n\r\n";
const mostBytes = 64 * 1024;
const fewBytes = 2048;
/** What is silent for so long will not answer. Long, as the tester shares the machine. */
const patienceMs = 3000;

/** A masked frame. The key of zeros is the client's own matter. */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

function fail(socket: Socket, has: Has): void {
  socket.removeAllListeners("data").resume();
  if (has("no-close")) return;
  if (has("close-frame")) socket.end(maskedFrame(8, Buffer.from([0x03, 0xea])));
  else if (has("orderly-close")) socket.end(maskedFrame(8, Buffer.from([0x03, 0xe8])));
  else socket.destroy();
}

/** What of the bytes is the answer's head. */
function answerAt(
  bytes: Buffer,
  has: Has,
): { readonly end: number; readonly head: string } | undefined {
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(endOfHead, start);
    if (end === -1) return undefined;
    const head = bytes.toString("latin1", start, end);
    if (has("no-interim") || !/^HTTP\/1\.1 10[2-9] /.test(head)) return { end, head };
    start = end + endOfHead.length;
  }
}

function talk(socket: Socket, key: string, has: Has): void {
  const peer = new PatchedPeer(socket, "client", undefined);
  let bytes: Buffer = Buffer.alloc(0);
  let isOpen = false;
  const echo = (chunk: Buffer): void => {
    if (!has("no-echo")) peer.receive(chunk);
  };
  socket
    .on("error", () => undefined)
    .on("data", (chunk: Buffer) => {
      if (isOpen) return echo(chunk);
      bytes = has("head-in-one-read") ? chunk : Buffer.concat([bytes, chunk]);
      const most = has("short-heads") ? fewBytes : mostBytes;
      if (bytes.byteLength > most && !has("long-heads")) return fail(socket, has);
      const answer = answerAt(bytes, has);
      if (answer === undefined) return has("head-in-one-read") ? fail(socket, has) : undefined;
      if (!isRightAnswer(parsed(answer.head, has), key, has)) return fail(socket, has);
      isOpen = true;
      socket.setTimeout(0);
      const rest = bytes.subarray(answer.end + endOfHead.length);
      return has("rest-lost") ? undefined : echo(rest);
    });
  if (!has("endless-patience")) socket.setTimeout(patienceMs, () => socket.destroy());
}

export function openingClient(fault?: ClientOpeningFault): ClientSubject {
  const has: Has = (one) => one === fault;
  return {
    name: "patched client",
    role: "client",
    async echoAt(address) {
      const url = new URL(address);
      const key = keyFor(has);
      const socket = connect(Number(url.port), url.hostname);
      talk(socket, key, has);
      socket.write(request(url, key, has));
      if (has("early-frame")) socket.write(maskedFrame(1, Buffer.from("early")));
      await once(socket, "close");
    },
  };
}
