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
import { redirectTarget } from "./client-opening/answer-cases.ts";
import type { ClientOpeningCase } from "./client-opening/client-opening-case.ts";
import { judgeClientOpening } from "./client-opening/client-opening-judgement.ts";
import type { ClientOpeningSeen } from "./client-opening/client-opening-judgement.ts";
import { playClientOpening } from "./client-opening/play-client-opening.ts";
import type { WaitingClient } from "./client-opening/play-client-opening.ts";
import { answerTo } from "./deflate-terms.ts";
import { HandshakeFailure } from "./handshake-failure.ts";
import { answerAsServer, readHead, refuseRequest } from "./handshake.ts";
import type { Head, OpenSocket } from "./handshake.ts";
import { headOf, openStreamAsServer } from "./http2-handshake.ts";
import type { CaseVerdict } from "./judgement.ts";
import { MessageDeflate } from "./message-deflate.ts";
import { grade } from "./observation.ts";
import type { Played } from "./observation.ts";
import { ascii } from "./payload.ts";
import { Tester, testerTimes, turns, unimplemented } from "./tester.ts";
import type { TesterTimes } from "./tester.ts";

export type TesterVersion = "1.1" | "2";

export interface CaseServerParts {
  readonly cases: readonly ConformanceCase[];
  /** About the opening handshake over HTTP/1.1; they are numbered on behind `cases`. */
  readonly openings?: readonly ClientOpeningCase[] | undefined;
  readonly times?: TesterTimes | undefined;
  /** The version of HTTP to be asked in. Default: 1.1. */
  readonly version?: TesterVersion | undefined;
  /** A connection to any address that Autobahn has no meaning for gets the next case. Default: it is closed at once. */
  readonly inTurn?: boolean | undefined;
  /** Told when a connection has got a case. */
  readonly onBegun?: (() => void) | undefined;
  /** Told of each case when it is over. */
  readonly onPlayed?: ((row: ConformanceCase, played: Played) => void) | undefined;
  /** Told of each case about the opening handshake when it begins. */
  readonly onOpening?:
    ((row: ClientOpeningCase, playing: Promise<ClientOpeningSeen>) => void) | undefined;
  /** Told when a client says that it is done. */
  readonly onDone?: (() => void) | undefined;
}

/** Connections at a time: one does, and what is beyond is a client that has gone wild. */
const mostConnections = 64;

/** Keys that are remembered, so that one that comes again is noticed, and how much of each. */
const mostKeys = 10_000;
const keyCharacters = 64;

/** Answers a client, given what to say of extensions. */
type ServerOpener = (extensions: (head: Head) => string | undefined) => OpenSocket;

/** What a connection asked for: a case, or something to be told before the end. */
type Request =
  | { readonly kind: "case" | "notice"; readonly row: ConformanceCase }
  | { readonly kind: "opening"; readonly row: ClientOpeningCase };

type FrameRequest = Exclude<Request, { readonly kind: "opening" }>;

/** In the words of Autobahn, for `/getCaseStatus`. */
const behaviourOf: Readonly<Record<CaseVerdict, string>> = {
  pass: "OK",
  notice: "NON-STRICT",
  "not applicable": "UNIMPLEMENTED",
  "not played": "UNIMPLEMENTED",
  fail: "FAILED",
};

export class CaseServer {
  readonly #parts: CaseServerParts;
  readonly #times: TesterTimes;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #played = new Map<string, Promise<Played>>();
  readonly #over = new Map<string, string>();
  readonly #keys = new Set<string>();
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
      if (version === "1.1") void settled(this.#answerSocket(socket));
    });
  }

  #streamServer(): Server {
    const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
    server.on("stream", (stream, headers) => {
      const request = this.#request(headOf(headers));
      if (request.kind === "opening") stream.close();
      else
        void settled(this.#serve(request, (agree) => openStreamAsServer(stream, headers, agree)));
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

  async #answerSocket(socket: Socket): Promise<void> {
    const head = await readHead(socket, this.#times.silenceMs);
    const isKeyKnown = this.#isKeyKnown(head);
    // What is no handshake at all, as a browser asks for icons, uses up no case.
    if (!asksForWebSocket(head)) return refuseRequest(socket);
    const request = this.#request(head);
    return request.kind === "opening"
      ? this.#playOpening(request.row, { socket, head, isKeyKnown })
      : this.#serve(request, (agree) => answerAsServer(socket, head, agree));
  }

  async #playOpening(row: ClientOpeningCase, client: WaitingClient): Promise<void> {
    this.#parts.onBegun?.();
    const playing = playClientOpening(row, client, this.#times);
    this.#parts.onOpening?.(row, playing);
    this.#over.set(row.id, behaviourOf[judgeClientOpening(row, await playing).verdict]);
  }

  /** Whether the key has come before; undefined for the first one. */
  #isKeyKnown({ fields }: Head): boolean | undefined {
    const key = fields.get("sec-websocket-key")?.slice(0, keyCharacters);
    if (key === undefined) return undefined;
    const isKnown = this.#keys.size === 0 ? undefined : this.#keys.has(key);
    if (this.#keys.size < mostKeys) this.#keys.add(key);
    return isKnown;
  }

  async #serve({ row, kind }: FrameRequest, open: ServerOpener): Promise<void> {
    let accepted: ReturnType<typeof answerTo>;
    const { socket, head } = open(({ fields }) => {
      accepted = answerTo(fields.get("sec-websocket-extensions"), row.deflate ?? []);
      return accepted?.header;
    });
    const deflate = accepted === undefined ? undefined : new MessageDeflate(accepted.terms);
    const tester = new Tester({ socket, role: "server", times: this.#times, deflate });
    if (kind === "case") this.#parts.onBegun?.();
    // A client may need the end of its handshake before it can echo: the first frame does not come with it.
    await turns();
    const isMissing = row.deflate !== undefined && deflate === undefined;
    const playing = isMissing
      ? unimplemented(tester, head.rest)
      : tester.play(row, head.rest).then((seen) => ({ seen, grades: grade(row, seen) }));
    if (kind === "notice") return;
    this.#played.set(row.id, playing);
    this.#tell(row, await playing);
  }

  #tell(row: ConformanceCase, played: Played): void {
    this.#over.set(row.id, played.grades.behaviour);
    if (this.#parts.onPlayed === undefined) return;
    this.#played.delete(row.id);
    this.#parts.onPlayed(row, played);
  }

  #request({ startLine }: Head): Request {
    const { cases, openings = [], inTurn, onDone } = this.#parts;
    const all = [...cases, ...openings];
    const target = targetOf(startLine);
    const asked = all[Number(target.searchParams.get("case")) - 1];
    if (target.pathname === "/getCaseCount") return notice(String(all.length));
    if (target.pathname === "/runCase") return requestFor(asked);
    if (target.pathname === "/getCaseInfo") return notice(infoOf(asked));
    if (target.pathname === "/getCaseStatus") return notice(this.#statusOf(asked));
    if (target.pathname === "/updateReports") {
      onDone?.();
      return notice();
    }
    // A client that follows a redirect has had its case.
    if (inTurn !== true || target.pathname === redirectTarget) return notice();
    return requestFor(all[this.#next++]);
  }

  #statusOf(row: AnyCase | undefined): string | undefined {
    const over = row === undefined ? undefined : this.#over.get(row.id);
    return over === undefined ? undefined : JSON.stringify({ behavior: over });
  }
}

/** A client whose handshake fails has no case. */
async function settled(serving: Promise<void>): Promise<void> {
  try {
    await serving;
  } catch (error) {
    if (!(error instanceof HandshakeFailure)) throw error;
  }
}

type AnyCase = ConformanceCase | ClientOpeningCase;

function requestFor(row: AnyCase | undefined): Request {
  if (row === undefined) return notice();
  return "send" in row ? { kind: "case", row } : { kind: "opening", row };
}

/** Whether anything of it is a WebSocket's, well-formed or not. */
function asksForWebSocket({ fields }: Head): boolean {
  const isUpgrade = /websocket/i.test(fields.get("upgrade") ?? "");
  return isUpgrade || [...fields.keys()].some((name) => name.startsWith("sec-websocket-"));
}

function infoOf(row: AnyCase | undefined): string | undefined {
  return row === undefined ? undefined : JSON.stringify({ id: row.id, description: row.title });
}

/** Whatever a client writes there, an address comes out. */
function targetOf(startLine: string): URL {
  const asked = startLine.split(" ")[1] ?? "/";
  // A target may be a whole address (RFC 7230 §5.3.2).
  const path = `/${asked.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/^\/+/, "")}`;
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
  return { kind: "notice", row };
}
