/**
 * Plays cases to a client that echoes, as its server. The addresses are those of Autobahn's fuzzing server, so that
 * echo clients written for it can be checked too: `/runCase?case=<index from 1>&agent=<name>`; `/getCaseCount` sends the
 * number of cases as a text message.
 */
import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { ConformanceCase } from "./conformance-case.ts";
import { answerTo } from "./deflate-terms.ts";
import { HandshakeFailure } from "./handshake-failure.ts";
import { openAsServer } from "./handshake.ts";
import type { Head, OpenSocket } from "./handshake.ts";
import { openStreamAsServer } from "./http2-handshake.ts";
import { MessageDeflate } from "./message-deflate.ts";
import { grade } from "./observation.ts";
import type { Verdict } from "./observation.ts";
import { ascii } from "./payload.ts";
import { runCases } from "./run-cases.ts";
import type { Verdicts } from "./run-cases.ts";
import { Tester, testerTimes, turns, unimplemented } from "./tester.ts";
import type { TesterTimes } from "./tester.ts";

export interface ClientCheck {
  /** Connects to `url`, echoes messages, and resolves or rejects when the connection is over. */
  readonly echoAt: (url: string) => Promise<unknown>;
  readonly cases: readonly ConformanceCase[];
  readonly times?: TesterTimes;
  /** The version of HTTP to be asked in. Default: 1.1. */
  readonly version?: TesterVersion;
}

export type TesterVersion = "1.1" | "2";

const neverOpened: Verdict = { behaviour: "FAILED", ending: "FAILED" };

export async function checkClient({
  echoAt,
  cases,
  times,
  version,
}: ClientCheck): Promise<Verdicts> {
  const server = new CaseServer(cases, times, version);
  const url = await server.listen();
  try {
    return await runCases(cases, async (row) => {
      const index = cases.indexOf(row) + 1;
      await echoAt(`${url}/runCase?case=${index}&agent=echo`).catch(() => {});
      return (await server.verdict(row.id)) ?? neverOpened;
    });
  } finally {
    await server.close();
  }
}

/** Answers a client, given what to say of extensions. */
type ServerOpener = (
  extensions: (head: Head) => string | undefined,
) => OpenSocket | Promise<OpenSocket>;

/** A server that plays the case that a client asks for. */
export class CaseServer {
  readonly #cases: readonly ConformanceCase[];
  readonly #times: TesterTimes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #verdicts = new Map<string, Promise<Verdict>>();

  constructor(
    cases: readonly ConformanceCase[],
    times: TesterTimes = testerTimes,
    version: TesterVersion = "1.1",
  ) {
    this.#cases = cases;
    this.#times = times;
    this.#server = version === "2" ? this.#streamServer() : createServer();
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
      if (version === "1.1") {
        void this.#answer((extensions) => openAsServer(socket, this.#times.silenceMs, extensions));
      }
    });
  }

  #streamServer(): Server {
    const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
    server.on("stream", (stream, headers) => {
      void this.#answer((extensions) => openStreamAsServer(stream, headers, extensions));
    });
    return server;
  }

  /** @returns the address without a path */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** How the case went the last time that a client asked for it. */
  verdict(id: string): Promise<Verdict | undefined> {
    return Promise.resolve(this.#verdicts.get(id));
  }

  async #answer(open: ServerOpener): Promise<void> {
    try {
      let accepted: ReturnType<typeof answerTo>;
      const { socket, head } = await open((request) => {
        const { deflate = [] } = this.#row(request);
        accepted = answerTo(request.fields.get("sec-websocket-extensions"), deflate);
        return accepted?.header;
      });
      const row = this.#row(head);
      const deflate = accepted === undefined ? undefined : new MessageDeflate(accepted.terms);
      const tester = new Tester({ socket, role: "server", times: this.#times, deflate });
      // A client may need the end of its handshake before it can echo: the first frame does not come with it.
      await turns();
      const isMissing = row.deflate !== undefined && deflate === undefined;
      const playing = isMissing
        ? unimplemented(tester, head.rest)
        : tester.play(row, head.rest).then((seen) => grade(row, seen));
      this.#verdicts.set(row.id, playing);
    } catch (error) {
      if (!(error instanceof HandshakeFailure)) throw error;
    }
  }

  #row({ startLine }: Head): ConformanceCase {
    const target = new URL(startLine.split(" ")[1] ?? "/", "ws://localhost");
    const index = Number(target.searchParams.get("case")) - 1;
    const row = target.pathname === "/runCase" ? this.#cases[index] : undefined;
    return row ?? notice(target.pathname === "/getCaseCount" ? `${this.#cases.length}` : undefined);
  }
}

/** A message to the client that is no case, and the end. */
function notice(text: string | undefined): ConformanceCase {
  const payload = ascii(text ?? "");
  return {
    id: "",
    section: "",
    title: "",
    rfc: [],
    send: text === undefined ? [] : [{ do: "frame", opcode: 1, payload }],
    outcomes: [{ grade: "OK", events: [] }],
    ending: { by: "tester", codes: [1000], clean: true },
  };
}
