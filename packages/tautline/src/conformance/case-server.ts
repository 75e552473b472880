/**
 * The server that plays cases to clients. The addresses are those of Autobahn's fuzzing server, so that echo clients
 * written for it can be checked too: `/runCase?case=<index from 1>&agent=<name>`; `/getCaseCount` sends the number of
 * cases as a text message, `/getCaseInfo?case=` and `/getCaseStatus?case=` tell about one in JSON, and
 * `/updateReports` says that the client is done.
 */
import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import type { ConformanceCase } from "./conformance-case.ts";
import { answerTo } from "./deflate-terms.ts";
import { HandshakeFailure } from "./handshake-failure.ts";
import { openAsServer } from "./handshake.ts";
import type { Head, OpenSocket } from "./handshake.ts";
import { openStreamAsServer } from "./http2-handshake.ts";
import { MessageDeflate } from "./message-deflate.ts";
import { grade } from "./observation.ts";
import type { Played } from "./observation.ts";
import { ascii } from "./payload.ts";
import { Tester, testerTimes, turns, unimplemented } from "./tester.ts";
import type { TesterTimes } from "./tester.ts";

export type TesterVersion = "1.1" | "2";

export interface CaseServerParts {
  readonly cases: readonly ConformanceCase[];
  readonly times?: TesterTimes | undefined;
  /** The version of HTTP to be asked in. Default: 1.1. */
  readonly version?: TesterVersion | undefined;
  /** A connection to any address that Autobahn has no meaning for gets the next case. Default: it is closed at once. */
  readonly inTurn?: boolean | undefined;
  /** Told when a connection has got a case. */
  readonly onBegun?: ((row: ConformanceCase) => void) | undefined;
  /** Told of each case when it is over. */
  readonly onPlayed?: ((row: ConformanceCase, played: Played) => void) | undefined;
  /** Told when a client says that it is done. */
  readonly onDone?: (() => void) | undefined;
}

/** Connections at a time: one does, and what is beyond is a client that has gone wild. */
const mostConnections = 64;

/** Answers a client, given what to say of extensions. */
type ServerOpener = (
  extensions: (head: Head) => string | undefined,
) => OpenSocket | Promise<OpenSocket>;

/** What a connection asked for: a case, or something to be told before the end. */
interface Request {
  readonly row: ConformanceCase;
  readonly isCase: boolean;
}

export class CaseServer {
  readonly #parts: CaseServerParts;
  readonly #times: TesterTimes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #played = new Map<string, Promise<Played>>();
  readonly #over = new Map<string, string>();
  #next = 0;

  constructor(parts: CaseServerParts) {
    this.#parts = parts;
    this.#times = parts.times ?? testerTimes;
    const { version = "1.1" } = parts;
    this.#server = version === "2" ? this.#streamServer() : createServer();
    this.#server.maxConnections = mostConnections;
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

  /**
   * @returns the address without a path
   * @throws Error when the port cannot be had
   */
  async listen(port = 0, host = "127.0.0.1"): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    const address = this.#server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    return `ws://${host.includes(":") ? `[${host}]` : host}:${bound}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** How the case went the last time that a client asked for it. Not kept where `onPlayed` has been told. */
  played(id: string): Promise<Played | undefined> {
    return Promise.resolve(this.#played.get(id));
  }

  async #answer(open: ServerOpener): Promise<void> {
    try {
      let request: Request | undefined;
      let accepted: ReturnType<typeof answerTo>;
      const { socket, head } = await open((asked) => {
        request = this.#request(asked);
        accepted = answerTo(
          asked.fields.get("sec-websocket-extensions"),
          request.row.deflate ?? [],
        );
        return accepted?.header;
      });
      const { row, isCase } = request ?? this.#request(head);
      const deflate = accepted === undefined ? undefined : new MessageDeflate(accepted.terms);
      const tester = new Tester({ socket, role: "server", times: this.#times, deflate });
      if (isCase) this.#parts.onBegun?.(row);
      // A client may need the end of its handshake before it can echo: the first frame does not come with it.
      await turns();
      const isMissing = row.deflate !== undefined && deflate === undefined;
      const playing = isMissing
        ? unimplemented(tester, head.rest)
        : tester.play(row, head.rest).then((seen) => ({ seen, grades: grade(row, seen) }));
      if (!isCase) return;
      this.#played.set(row.id, playing);
      this.#tell(row, await playing);
    } catch (error) {
      if (!(error instanceof HandshakeFailure)) throw error;
    }
  }

  #tell(row: ConformanceCase, played: Played): void {
    this.#over.set(row.id, played.grades.behaviour);
    if (this.#parts.onPlayed === undefined) return;
    this.#played.delete(row.id);
    this.#parts.onPlayed(row, played);
  }

  #request({ startLine }: Head): Request {
    const { cases, inTurn, onDone } = this.#parts;
    const target = targetOf(startLine);
    const asked = cases[Number(target.searchParams.get("case")) - 1];
    if (target.pathname === "/getCaseCount") return notice(String(cases.length));
    if (target.pathname === "/runCase") {
      return asked === undefined ? notice() : { row: asked, isCase: true };
    }
    if (target.pathname === "/getCaseInfo") return notice(infoOf(asked));
    if (target.pathname === "/getCaseStatus") return notice(this.#statusOf(asked));
    if (target.pathname === "/updateReports") {
      onDone?.();
      return notice();
    }
    const row = inTurn === true ? cases[this.#next++] : undefined;
    return row === undefined ? notice() : { row, isCase: true };
  }

  #statusOf(row: ConformanceCase | undefined): string | undefined {
    const over = row === undefined ? undefined : this.#over.get(row.id);
    return over === undefined ? undefined : JSON.stringify({ behavior: over });
  }
}

function infoOf(row: ConformanceCase | undefined): string | undefined {
  return row === undefined ? undefined : JSON.stringify({ id: row.id, description: row.title });
}

/** Whatever a client writes there, an address comes out. */
function targetOf(startLine: string): URL {
  const path = `/${(startLine.split(" ")[1] ?? "/").replace(/^\/+/, "")}`;
  return new URL(URL.canParse(path, "ws://localhost") ? path : "/", "ws://localhost");
}

/** A message to the client that is no case, if there is one, and the end. */
function notice(text?: string): Request {
  const row: ConformanceCase = {
    id: "",
    section: "",
    title: "",
    rfc: [],
    send: text === undefined ? [] : [{ do: "frame", opcode: 1, payload: ascii(text) }],
    outcomes: [{ grade: "OK", events: [] }],
    ending: { by: "tester", codes: [1000], clean: true },
  };
  return { row, isCase: false };
}
