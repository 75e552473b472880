// What every server of the benchmark does besides serving: it is told what to serve on the command line, tells where it
// listens on standard output, collects garbage when asked by SIGUSR2, and ends with the process that started it.

import process from "node:process";

/** `service`: "echo" or "fanout"; `deflate`: whether messages are compressed with clients that offer it. */
export const [service, deflate] = [process.argv[2] ?? "echo", process.argv[3] === "deflate"];

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
