/** One server of a peer: started for one round of one case, so that no round profits from the one before. */
import { createInterface } from "node:readline";
import { start } from "./children.ts";
import type { Program } from "./children.ts";
import type { LoadTarget } from "./load-settings.ts";

const startLimitMs = 20_000;

export interface PeerServer extends LoadTarget {
  stop(): Promise<void>;
}

/** Rejects with what the server wrote when it does not say where it listens. */
export async function startServer(program: Program): Promise<PeerServer> {
  const child = start(program);
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  let errors = "";
  child.stderr.on("data", (text: Buffer) => (errors = (errors + text.toString()).slice(-2000)));
  const lines = createInterface({ input: child.stdout });
  const target = await new Promise<LoadTarget>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill("SIGKILL");
    }, startLimitMs);
    lines.once("line", (line) => {
      clearTimeout(limit);
      resolve(JSON.parse(line) as LoadTarget);
    });
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(limit);
      reject(new Error(`the server did not start: ${errors.trim()}`));
    });
  });
  return {
    ...target,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
