/** The patched client's request. */
import { randomBytes } from "node:crypto";
import type { Has } from "./client-answer.ts";
import type { ClientOpeningFault } from "./client-opening-faults.ts";

const sameKey = Buffer.alloc(16, "client").toString("base64");

export function keyFor(has: Has): string {
  if (has("same-key")) return sameKey;
  if (has("short-key")) return randomBytes(15).toString("base64");
  return randomBytes(16).toString(has("key-in-hex") ? "hex" : "base64");
}

function hostField({ hostname, host, port }: URL, has: Has): string {
  if (has("no-port")) return hostname;
  return has("other-port") ? `${hostname}:${Number(port) === 1 ? 2 : 1}` : host;
}

export function offeredExtensions(has: Has): string {
  if (has("broken-extensions")) return "; client_max_window_bits";
  if (has("bare-offer")) return "permessage-deflate";
  const offer = "permessage-deflate; client_max_window_bits=12";
  if (has("unknown-parameter")) return `${offer}; x_client`;
  if (has("window-of-16")) return `${offer}; server_max_window_bits=16`;
  return has("parameter-twice") ? `${offer}; client_max_window_bits=12` : offer;
}

function offeredSubprotocols(has: Has): string {
  if (has("subprotocol-with-space")) return "chat, super chat";
  return has("subprotocol-twice") ? "chat, chat" : "chat, superchat";
}

function target({ href, pathname, search }: URL, has: Has): string {
  if (has("ws-target")) return href;
  return `${pathname}${search}${has("fragment-in-target") ? "#top" : ""}`;
}

export function request(url: URL, key: string, has: Has): string {
  const field = (name: string, value: string, without: ClientOpeningFault) =>
    has(without) ? [] : [`${name}: ${value}`];
  const keyLine = `Sec-WebSocket-Key: ${key}`;
  const versionLine = `Sec-WebSocket-Version: ${has("version-8") ? 8 : 13}`;
  const lines = [
    `${has("post") ? "POST" : "GET"} ${target(url, has)} HTTP/${has("http-1.0") ? "1.0" : "1.1"}`,
    ...field("Host", hostField(url, has), "no-host"),
    ...(has("two-hosts") ? [`Host: ${url.host}`] : []),
    ...field("Upgrade", has("other-upgrade") ? "websockets" : "websocket", "no-upgrade"),
    ...field("Connection", has("other-connection") ? "close" : "Upgrade", "no-connection"),
    ...(has("no-key") ? [] : [keyLine]),
    ...(has("two-keys") ? [keyLine] : []),
    ...(has("no-version") ? [] : [versionLine]),
    ...(has("two-versions") ? [versionLine] : []),
    `Origin: ${has("origin-with-path") ? "http://localhost/page" : "http://localhost"}`,
    `Sec-WebSocket-Protocol: ${offeredSubprotocols(has)}`,
    ...field("Sec-WebSocket-Extensions", offeredExtensions(has), "no-compression"),
    ...(has("folded-request") ? ["X-Client: one", " two"] : []),
  ];
  return lines.join("\r\n") + "\r\n\r\n";
}
