// What every server of the benchmark does besides serving: it is told what to serve on the command line, tells where it
// listens on standard output, collects garbage when asked by SIGUSR2, and ends with the process that started it.

import { readFileSync } from "node:fs";
import process from "node:process";

const [, , wanted = "echo", ...ways] = process.argv;

/** "echo" or "fanout". */
export const service = wanted;

/** Whether messages are compressed with clients that offer it. */
export const deflate = ways.includes("deflate");

/** Whether it is HTTP/2 that connections come by. */
export const http2 = ways.some((way) => way.startsWith("h2"));

/** The certificate, where connections come by TLS. */
export const tls = ways.some((way) => way.endsWith("tls"))
  ? { cert: fixture("localhost-cert.pem"), key: fixture("localhost-key.pem") }
  : undefined;

function fixture(name) {
  return readFileSync(new URL(`../../packages/node/test/fixtures/${name}`, import.meta.url));
}

export function announce(port) {
  console.log(JSON.stringify({ port, pid: process.pid }));
  const collect = globalThis.Bun ? () => globalThis.Bun.gc(true) : globalThis.gc;
  process.on("SIGUSR2", () => {
    // What the first collection finds dead may hold more until its handles are closed.
    collect?.();
    setTimeout(() => collect?.(), 100);
  });
  process.stdin.on("end", () => process.exit(0)).resume();
}
