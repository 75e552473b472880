/**
 * One connection that the probe has dialled, over a plain socket: what it writes and reads is shown to the inspector byte for
 * byte. It is no good client and need not be: frames go out as they are ordered.
 */
import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { Dialogue } from "../../inspect/dialogue.ts";
import type { Finding, FrameFinding } from "../../inspect/finding.ts";
import { cutHead, isSwitch, valueOf } from "../../inspect/http-head.ts";
import type { AllowedHosts, Endpoint } from "./allowed-hosts.ts";
import { endReasonOf } from "./dial-failure.ts";
import { frameBytes } from "./frame-bytes.ts";
import { messageFrames } from "./message-frames.ts";
import type { DialOrder, FrameOrder, MessageOrder } from "./orders.ts";
import { WrongOrder } from "./orders.ts";
import type { EndReason, ProbeEvent } from "./probe-events.ts";
import { findingEvent, wallClock } from "./probe-events.ts";
import { probeLimits } from "./probe-limits.ts";
import { requestHead } from "./request-head.ts";

/** Of an answer that is no WebSocket. */
const mostBodyBytes = 2 * 1024;

export interface DialSetup {
  readonly order: DialOrder;
  readonly hosts: AllowedHosts;
  /** Where the page has found this server. */
  readonly here: Endpoint | undefined;
  readonly tell: (event: ProbeEvent | object) => void;
  /** Called once. */
  readonly over: () => void;
}

export class Dial {
  readonly #setup: DialSetup;
  readonly #url: URL;
  readonly #request: Buffer;
  readonly #dialogue: Dialogue;
  readonly #timer: NodeJS.Timeout;
  #socket: Socket | undefined;
  #isOver = false;
  /** Frames may be sent. */
  #isOpen = false;
  /** The extensions that the server has agreed on. */
  #extensions = "";
  /** What an answer has that is no WebSocket, as far as it came. */
  #answer: Buffer | undefined = Buffer.alloc(0);

  /** @throws WrongOrder */
  constructor(setup: DialSetup) {
    this.#setup = setup;
    this.#url = webSocketUrl(setup.order.url);
    this.#request = requestHead(this.#url, setup.order);
    const report = (finding: Finding): void => this.#found(finding);
    this.#dialogue = new Dialogue({ connection: 1, report, onFound: () => undefined });
    this.#timer = setTimeout(() => this.#end("timed-out"), probeLimits.dialTimeoutMs);
    void this.#run();
  }

  /** Writes frames as they are. @throws WrongOrder while none can be sent */
  send(frames: readonly FrameOrder[]): void {
    if (!this.#isOpen || this.#socket === undefined) {
      throw new WrongOrder("frames can be sent once the handshake is over, and until the end");
    }
    for (const frame of frames) this.#write(frameBytes(frame));
  }

  /** Writes a message as a client should. @throws WrongOrder as `send` does, and where no compression was agreed on */
  sendMessage(order: MessageOrder): void {
    this.send(messageFrames(order, this.#extensions));
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Ends it without a word. */
  hangUp(reason: EndReason = "hung-up"): void {
    this.#end(reason);
  }

  async #run(): Promise<void> {
    try {
      const socket = await this.#connect();
      if (this.#isOver) return;
      socket.on("data", (bytes: Buffer) => this.#receive(bytes));
      // What was only answered with an end is the end of it: nobody is left who could say more.
      socket.on("end", () => this.#end("ended"));
      this.#write(this.#request);
      const head = cutHead(this.#request)?.head;
      if (head !== undefined) this.#setup.tell({ kind: "request", at: wallClock(), head });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Tries the addresses one after the other. */
  async #connect(): Promise<Socket> {
    const { hosts, here, tell } = this.#setup;
    const { hostname, href } = this.#url;
    const port = portOf(this.#url);
    let failure: unknown;
    for (const address of await hosts.addressesOf({ hostname, port }, here)) {
      if (this.#isOver) break;
      tell({ kind: "dialing", url: href, address: `${address} ${port}` });
      const socket = this.#open(address, port);
      this.#socket = socket;
      try {
        await connected(socket, this.#url.protocol === "wss:");
        socket.on("error", (error) => this.#fail(error));
        socket.on("close", () => this.#end("ended"));
        return socket;
      } catch (error) {
        socket.destroy();
        failure = error;
      }
    }
    throw failure;
  }

  #open(address: string, port: number): Socket {
    const place = { host: address, port };
    if (this.#url.protocol === "ws:") return connectTcp({ ...place, noDelay: true });
    const hostname = this.#url.hostname.replace(/^\[(.*)\]$/u, "$1");
    return connectTls({
      ...place,
      // A name is what the certificate is for; an address is judged by Node.js as it stands.
      ...(address === hostname ? {} : { servername: hostname }),
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: !this.#setup.order.anyCertificate,
    });
  }

  #write(bytes: Buffer): void {
    if (this.#socket === undefined || this.#socket.destroyed) return;
    this.#socket.write(bytes);
    this.#dialogue.add("client", bytes, wallClock());
  }

  #receive(bytes: Buffer): void {
    if (this.#answer !== undefined) {
      this.#answer = Buffer.concat([this.#answer, bytes]);
      const isLong = this.#answer.byteLength > 64 * 1024;
      if (isLong) this.#answer = this.#answer.subarray(0, 64 * 1024);
    }
    this.#dialogue.add("server", bytes, wallClock());
  }

  #found(finding: Finding): void {
    this.#setup.tell(findingEvent(finding));
    if (finding.kind === "handshake") {
      const { response } = finding;
      if (response === undefined) return;
      if (isSwitch(response)) this.#opened(valueOf(response, "sec-websocket-extensions") ?? "");
      // Somebody who keeps the connection open for the next request is not waited for.
      else this.#endSoon();
    }
    if (finding.kind === "frame" && finding.from === "server") this.#react(finding);
  }

  #opened(extensions: string): void {
    clearTimeout(this.#timer);
    this.#answer = undefined;
    this.#extensions = extensions;
    this.#isOpen = true;
  }

  /** What RFC 6455 asks of an endpoint: §5.5.2, §5.5.1. */
  #react({ opcode, payload, payloadLength }: FrameFinding): void {
    if (opcode === 8) this.#endSoon();
    if (!this.#setup.order.answers || payloadLength > 125) return;
    if (opcode !== 8 && opcode !== 9) return;
    // After the next turn, so that what is found is told in the order of the wire.
    setImmediate(() => this.#answerWith(opcode === 9 ? 10 : 8, Buffer.from(payload)));
  }

  #answerWith(opcode: number, payload: Buffer): void {
    if (!this.#isOpen) return;
    this.send([
      { fin: true, rsv: 0, opcode, mask: "random", payload, lengthBytes: 0, saidLength: undefined },
    ]);
  }

  /** RFC 6455 §7.1.1: the server ends the TCP connection first, and gets some time for it. */
  #endSoon(): void {
    const timer = setTimeout(() => this.#end("ended"), probeLimits.endTimeoutMs);
    this.#socket?.once("close", () => clearTimeout(timer));
  }

  #fail(error: unknown): void {
    const { reason, detail } = endReasonOf(error);
    this.#end(reason, detail);
  }

  #end(reason: EndReason, detail?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    const { tell, over } = this.#setup;
    this.#dialogue.end();
    const body = this.#answer && cutHead(this.#answer)?.rest;
    if (body !== undefined && body.byteLength > 0) {
      tell({ kind: "body", text: body.toString("utf8", 0, mostBodyBytes) });
    }
    tell({ kind: "end", at: wallClock(), reason, ...(detail !== undefined && { detail }) });
    this.#socket?.destroy();
    over();
  }
}

/** @throws WrongOrder */
function webSocketUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "ws:" && url.protocol !== "wss:")) {
    throw new WrongOrder("an address begins with ws:// or wss://");
  }
  if (url.username !== "" || url.password !== "") {
    throw new WrongOrder("who you are belongs into a header, such as Authorization");
  }
  // RFC 6455 §3: there are no fragments.
  url.hash = "";
  return url;
}

function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "wss:" ? 443 : 80;
}

async function connected(socket: Socket, secure: boolean): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
    socket.once(secure ? "secureConnect" : "connect", () => {
      socket.off("error", reject);
      resolve();
    });
  });
}
