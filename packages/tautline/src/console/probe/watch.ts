/**
 * A look at one of this server's own connections: its handshake, put together from what was asked and agreed on, and its bytes from
 * now on, shown to the inspector as they travel.
 */
import { createHash } from "node:crypto";

import { Dialogue } from "../../inspect/dialogue.ts";
import type { Finding, HttpHead } from "../../inspect/finding.ts";
import { valueOf } from "../../inspect/http-head.ts";
import { listed, requestOf } from "./connection-register.ts";
import type { RegisteredConnection } from "./connection-register.ts";
import type { EndReason, ListedConnection, ProbeEvent } from "./probe-events.ts";
import { findingEvent, wallClock, withoutSecrets } from "./probe-events.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export interface WatchSetup {
  readonly entry: RegisteredConnection;
  readonly listing: ListedConnection | undefined;
  readonly tell: (event: ProbeEvent | object) => void;
  /** Called once. */
  readonly over: () => void;
}

export class Watch {
  readonly #setup: WatchSetup;
  readonly #dialogue: Dialogue;
  readonly #stop: () => void;
  #isOver = false;

  constructor(setup: WatchSetup) {
    this.#setup = setup;
    const { entry, tell, listing = listed(entry, undefined) } = setup;
    const { connection } = entry;
    const report = (finding: Finding): void => tell(findingEvent(finding));
    this.#dialogue = new Dialogue({ connection: entry.id, report, onFound: () => undefined });
    tell({ kind: "watching", connection: listing });
    this.#beginWith(entry);
    const stopBytes = connection.watchBytes({
      received: (bytes) => this.#dialogue.add("client", Buffer.from(bytes), wallClock()),
      sent: (bytes) => this.#dialogue.add("server", Buffer.from(bytes), wallClock()),
    });
    const stopClose = connection.onClose(() => this.hangUp("ended"));
    this.#stop = () => {
      stopBytes();
      stopClose();
    };
  }

  /** Looks no more. Nothing is done to the connection. */
  hangUp(reason: EndReason = "hung-up"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stop();
    this.#dialogue.end();
    this.#setup.tell({ kind: "end", at: wallClock(), reason });
    this.#setup.over();
  }

  #beginWith(entry: RegisteredConnection): void {
    const { openedAt } = entry;
    const request = requestOf(entry);
    const shown = { ...request, headers: withoutSecrets(request.headers) };
    this.#dialogue.add("client", textOf(shown), openedAt);
    this.#dialogue.add("server", textOf(responseOf(entry, request)), openedAt);
    // What was compressed before refers to nothing that could be known here.
    this.#dialogue.joinLate();
  }
}

/** RFC 6455 §4.2.2. */
function responseOf({ connection }: RegisteredConnection, request: HttpHead): HttpHead {
  const { subprotocol, extensions } = connection;
  const key = valueOf(request, "sec-websocket-key") ?? "";
  const accept = createHash("sha1").update(key).update(guid).digest("base64");
  return {
    startLine: "HTTP/1.1 101 Switching Protocols",
    headers: [
      { name: "Upgrade", value: "websocket" },
      { name: "Connection", value: "Upgrade" },
      { name: "Sec-WebSocket-Accept", value: accept },
      ...(subprotocol === "" ? [] : [{ name: "Sec-WebSocket-Protocol", value: subprotocol }]),
      ...(extensions === "" ? [] : [{ name: "Sec-WebSocket-Extensions", value: extensions }]),
    ],
  };
}

function textOf({ startLine, headers }: HttpHead): Buffer {
  const lines = headers.map(({ name, value }) => `${name}: ${value}`);
  return Buffer.from(`${[startLine, ...lines].join("\r\n")}\r\n\r\n`, "latin1");
}
