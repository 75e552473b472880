/** What only shows in a process of its own: that it ends, and what the garbage collector takes. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { echo, serve } from "../../packages/node/test/servers.ts";

const run = promisify(execFile);

/** Runs a program against `url`; what it printed. */
async function output(
  program: string,
  url: string,
  flags: readonly string[] = [],
): Promise<string> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const { stdout } = await run(process.execPath, [...flags, path, url]);
  return stdout.trim();
}

it("a process ends when its socket is closed", async () => {
  const { url } = await serve({ onConnection: echo });
  expect(await output("closing-socket.mjs", url)).toBe("open, message, close 1005");
});

it("a process with an open socket stays until the peer closes it", async () => {
  const { url } = await serve({ onConnection: (connection) => connection.close(4001) });
  expect(await output("waiting-socket.mjs", url)).toBe("close 4001");
});

it("an open socket with listeners is not collected, and a closed one is", async () => {
  const { url } = await serve({
    onConnection: echo,
  });
  expect(await output("forgotten-socket.mjs", url, ["--expose-gc"])).toBe("message, collected");
});
