/**
 * Heads for tests: written as text, sent as Latin-1 bytes, read back as text.
 */
import {
  type HandshakeRequest,
  type HandshakeResponse,
  HeadReader,
  type ResponseHead,
  encodeResponse,
  parseRequestHead,
  parseResponseHead,
} from "@tautline/protocol";
import * as fc from "fast-check";

/** The key of RFC 6455 §1.3 and what answers it. */
export const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";
export const sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** Any UTF-16, lone surrogates included. */
export const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }))
  .map((units) => String.fromCharCode(...units));

/** Lines with CR LF after each and an empty one at the end. */
export function headBytes(...lines: readonly string[]): Uint8Array {
  return latin1([...lines, "", ""].join("\r\n"));
}

const requestLines: Readonly<Record<string, string>> = {
  Host: "server.example.com",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": sampleKey,
  "Sec-WebSocket-Version": "13",
};

export interface RequestChanges {
  readonly startLine?: string;
  /** Replaces a header; a list repeats it, an empty list leaves it out. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A good request with changes. */
export function requestBytes({ startLine = "GET /chat HTTP/1.1", headers = {} }: RequestChanges) {
  const lines = Object.entries({ ...requestLines, ...headers }).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}`),
  );
  return headBytes(startLine, ...lines);
}

/** The request that a server reads from {@link requestBytes}. */
export function request(changes: RequestChanges = {}): HandshakeRequest {
  const result = new HeadReader(parseRequestHead).receive(requestBytes(changes));
  if (result.state !== "complete") {
    throw new Error(`not a head: ${JSON.stringify(result)}`);
  }
  return result.head;
}

/** A response as its receiver reads it, body included. */
export function readResponse(
  response: HandshakeResponse,
): ResponseHead & { readonly body: string } {
  const result = new HeadReader(parseResponseHead).receive(encodeResponse(response));
  if (result.state !== "complete") {
    throw new Error(`not a head: ${JSON.stringify(result)}`);
  }
  return { ...result.head, body: new TextDecoder().decode(result.rest) };
}
