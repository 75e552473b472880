/** A server of ws with one connection: to a client of ws, or to a bare socket that writes its frames by hand. */
import { once } from "node:events";
import { connect } from "node:net";

import WebSocket, { WebSocketServer } from "ws";

/** A server on a port of the system's choice, ended with the test. */
export async function serve(t, options = {}) {
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  await once(wss, "listening");
  t.after(() => {
    for (const client of wss.clients ?? []) client.terminate();
    wss.close();
  });
  return { wss, url: `ws://127.0.0.1:${wss.address().port}` };
}

/** Both ends of a connection, open. */
export async function pair(t, { server: serverOptions, client: clientOptions, protocols } = {}) {
  const { wss, url } = await serve(t, serverOptions);
  const arrived = once(wss, "connection");
  const client = new WebSocket(url, protocols ?? [], clientOptions);
  t.after(() => client.terminate());
  await once(client, "open");
  const [server, request] = await arrived;
  return { wss, url, client, server, request };
}

/** A server's end whose peer is a bare socket; `write` takes bytes, `received` grows with what comes after the handshake. */
export async function bare(t, serverOptions, headers = {}) {
  const { wss, url } = await serve(t, serverOptions);
  const arrived = once(wss, "connection");
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => {});
  const lines = Object.entries({
    Host: "localhost",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.write(["GET / HTTP/1.1", ...lines, "", ""].join("\r\n"));
  const [server] = await arrived;
  const errors = [];
  server.on("error", (error) => errors.push(error));
  const closed = new Promise((resolve) => server.on("close", (...args) => resolve(args)));
  let bytes = Buffer.alloc(0);
  const opened = new Promise((resolve) => {
    socket.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.includes("\r\n\r\n")) resolve();
    });
  });
  const ended = once(socket, "close");
  await opened;
  const frames = async () => {
    await ended;
    return bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);
  };
  return { wss, server, socket, errors, closed, frames };
}

/** A masked frame with a key of zeros, which leaves the payload as it is. */
export function frame(first, payload = "", { masked = true } = {}) {
  const data = Buffer.from(payload);
  const length = data.length < 126 ? [data.length] : [126, data.length >> 8, data.length & 0xff];
  length[0] |= masked ? 0x80 : 0;
  return Buffer.concat([Buffer.from([first, ...length, ...(masked ? [0, 0, 0, 0] : [])]), data]);
}

/** The error and the close of a client that cannot connect, in the order in which they are told. */
export function failure(client) {
  return new Promise((resolve) => {
    const told = [];
    client.on("error", (error) => told.push(error));
    client.on("close", (...args) => resolve([...told, args]));
  });
}
