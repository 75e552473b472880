/** A short form of the soak: every message is accounted for while clients come, go, and lose their connections. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect, onTestFinished, test } from "vitest";

test("a hundred clients get every message once and in order, whatever breaks", async () => {
  const path = fileURLToPath(new URL("../soak/hub.mjs", import.meta.url));
  const args = [path, "--clients", "100", "--seconds", "4", "--rate", "300"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill());
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  const [, published = 0, delivered = 0] = /(\d+) messages, (\d+) delivered/
    .exec(said)!
    .map(Number);
  // Each channel has several subscribers.
  expect(published).toBeGreaterThan(50);
  expect(delivered).toBeGreaterThan(published);
}, 60_000);
