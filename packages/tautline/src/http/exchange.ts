/** One request to a transport and its answer, with the headers that every such answer carries. */
import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Nothing between server and client may keep an answer, hold it back or transform it: nginx is told not to gather it,
 * compressing middleware and proxies not to touch it (RFC 9111 §5.2.2.6).
 */
const everyAnswer: Readonly<Record<string, string>> = {
  "Cache-Control": "private, no-cache, no-store, no-transform, must-revalidate, max-age=0",
  "X-Accel-Buffering": "no",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
};

const texts: Readonly<Record<number, string>> = {
  400: "This is no request of the protocol.",
  403: "Pages of this origin are not allowed.",
  404: "There is no such session.",
  405: "This address does not take the method.",
  408: "The request took too long to arrive.",
  413: "The request is too long.",
  415: "This address does not speak the format.",
  500: "The server failed.",
  503: "The server takes no more for now.",
};

export class Exchange {
  readonly request: IncomingMessage;
  readonly #response: ServerResponse;
  #headers: Readonly<Record<string, string>> = everyAnswer;
  #query: URLSearchParams | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.#response = response;
  }

  /** The query of the target, decoded. */
  get query(): URLSearchParams {
    const { url = "" } = this.request;
    const at = url.indexOf("?");
    this.#query ??= new URLSearchParams(at < 0 ? "" : url.slice(at));
    return this.#query;
  }

  /** Whether nobody waits for the answer any more. */
  get gone(): boolean {
    return this.#response.destroyed || this.request.socket.destroyed;
  }

  /** Adds headers to whatever the answer will be. */
  addHeaders(headers: Readonly<Record<string, string>>): void {
    this.#headers = { ...this.#headers, ...headers };
  }

  /** Answers with a whole body, of lines of JSON, or with none. */
  answer(status: number, body?: string): void {
    if (body === undefined) this.#end(status, {}, undefined);
    else this.#end(status, { "Content-Type": "application/x-ndjson" }, body);
  }

  /** Answers with a status and a text for people. A body that has not been read is not waited for. */
  refuse(status: number): void {
    const headers: Record<string, string> = { "Content-Type": "text/plain; charset=utf-8" };
    if (!this.request.readableEnded && this.request.httpVersionMajor === 1) {
      headers["Connection"] = "close";
    }
    if (status === 503) headers["Retry-After"] = "1";
    this.#end(status, headers, `${texts[status] ?? ""}\n`);
  }

  /** Begins an answer that has no end for now. */
  stream(contentType: string): ServerResponse {
    this.#response.writeHead(200, { ...this.#headers, "Content-Type": contentType });
    this.#response.flushHeaders();
    return this.#response;
  }

  #end(status: number, headers: Readonly<Record<string, string>>, body: string | undefined): void {
    if (this.#response.headersSent) return;
    const length = body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) };
    this.#response.writeHead(status, { ...this.#headers, ...headers, ...length });
    this.#response.end(body);
  }
}
