/**
 * Peers that speak HTTP/2 for the tests: Node.js' own client, one stream at a time and byte by byte, and servers to attach to.
 */
import { once } from "node:events";
import { connect, constants, createSecureServer, createServer } from "node:http2";
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  Http2SecureServer,
  Http2Server,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  SecureServerOptions,
} from "node:http2";
import { onTestFinished } from "vitest";
import { certificate, listening } from "./servers.ts";

export { constants };

/** A secure server of HTTP/2 and HTTP/1.1, listening; `onRequest` is the application. */
export async function secureServer(
  onRequest?: Parameters<typeof createSecureServer>[1],
  options: SecureServerOptions = {},
): Promise<{ readonly server: Http2SecureServer; readonly port: number }> {
  const server = createSecureServer({ ...certificate, allowHTTP1: true, ...options }, onRequest);
  const { port } = await listening(server);
  return { server, port };
}

/** A server that is spoken to in HTTP/2 without TLS. */
export async function cleartextServer(
  onRequest?: Parameters<typeof createServer>[1],
): Promise<{ readonly server: Http2Server; readonly port: number }> {
  const server = createServer(onRequest);
  const { port } = await listening(server);
  return { server, port };
}

/** A frame of HTTP/2 (RFC 9113 §4.1). */
export function frame(type: number, flags: number, stream: number, ...payload: Buffer[]): Buffer {
  const bytes = Buffer.concat(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

/** A session to `url`, once the server has said what it can. */
export async function session(url: string): Promise<ClientHttp2Session> {
  const client = connect(url, { rejectUnauthorized: false });
  client.on("error", () => undefined);
  onTestFinished(() => client.destroy());
  await once(client, "remoteSettings");
  return client;
}

/** Resolves when `client` is over, with an error or without. */
export function sessionClosed(client: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    if (client.destroyed) resolve();
    else client.once("close", resolve);
  });
}

/** A stream, what has come over it, and what became of it. */
export class RawStream {
  readonly stream: ClientHttp2Stream;
  received = Buffer.alloc(0);
  #head: IncomingHttpHeaders | undefined;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(client: ClientHttp2Session, fields: OutgoingHttpHeaders = {}) {
    const stream = client.request(connectFields(fields), { endStream: false });
    this.stream = stream;
    // Before its session: Node.js 20 does not survive that a session is destroyed that has open streams and a reset one.
    onTestFinished(() => stream.close(constants.NGHTTP2_CANCEL));
    stream.on("response", (headers) => {
      this.#head = headers;
      this.#wake();
    });
    stream.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#wake();
    });
    stream.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
    stream.on("error", () => undefined);
    stream.on("close", () => this.#wake());
  }

  /** Through the handshake. */
  static async opened(
    client: ClientHttp2Session,
    fields: OutgoingHttpHeaders = {},
  ): Promise<RawStream> {
    const raw = new RawStream(client, fields);
    await raw.head();
    return raw;
  }

  /** Waits until `test` says so, or the stream is gone. */
  async until(test: () => boolean): Promise<void> {
    while (!test() && !this.stream.destroyed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The head of the response; empty when there was none. */
  async head(): Promise<IncomingHttpHeaders> {
    await this.until(() => this.#head !== undefined);
    return this.#head ?? {};
  }

  /** The first `length` bytes, which are taken. */
  async bytes(length: number): Promise<Buffer> {
    await this.until(() => this.received.length >= length);
    const bytes = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return bytes;
  }

  /** Waits for END_STREAM; false when the stream went without. */
  async end(): Promise<boolean> {
    await this.until(() => this.#ended);
    return this.#ended;
  }

  /** The code that the stream was closed with. */
  async closeCode(): Promise<number | undefined> {
    if (!this.stream.destroyed) await once(this.stream, "close").catch(() => undefined);
    return this.stream.rstCode;
  }
}

/** A request that a server accepts, with changes: a value of `undefined` leaves one out. */
function connectFields(changes: OutgoingHttpHeaders = {}): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = {
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":path": "/",
    "sec-websocket-version": "13",
    ...changes,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
