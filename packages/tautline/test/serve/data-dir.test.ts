// A server with a data directory: what it takes, and what it says when it cannot have what it needs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve } from "tautline";
import type { ServeOptions } from "tautline";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { MemoryBroker } from "@tautline/hub";

function scratchDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "tautline-data-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const channels = { historySize: 10, historyTtlMs: 60_000, recovery: "stream" } as const;

async function start(options: ServeOptions) {
  const server = await serve({ port: 0, page: false, hub: { channels }, ...options });
  onTestFinished(() => server.close());
  return server;
}

describe("a data directory", () => {
  it("has the logs of the server before", async () => {
    const dataDir = scratchDirectory();
    const before = await start({ dataDir });
    const { position } = await before.channel("a").publish(1);
    await before.close();
    const after = await start({ dataDir });
    const page = await after.channel("a").history({ limit: 10 });
    expect(page.publications.map(({ data }) => data)).toEqual([1]);
    expect(page.position).toEqual(position);
  });

  it("is free again when the server could not have its port", async () => {
    const dataDir = scratchDirectory();
    const other = await start({});
    await expect(start({ dataDir, port: other.port })).rejects.toThrow("EADDRINUSE");
    await start({ dataDir });
  });

  it("in use is refused by its name", async () => {
    const dataDir = scratchDirectory();
    await start({ dataDir });
    await expect(start({ dataDir })).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  });

  it("goes with no other broker, has a name, and a durability that there is", async () => {
    const clock = { now: () => 0, schedule: () => () => undefined };
    const broker = new MemoryBroker({ clock, randomId: () => "" });
    await expect(serve({ port: 0, dataDir: "x", broker })).rejects.toThrow(RangeError);
    await expect(serve({ port: 0, dataDir: "" })).rejects.toThrow(RangeError);
    const durability = "none" as "fsync";
    await expect(serve({ port: 0, dataDir: "x", durability })).rejects.toThrow("durability");
  });

  it("is not needed with an address of Redis, which has to be one, and reachable", async () => {
    await expect(serve({ port: 0, broker: "http://x" })).rejects.toThrow(RangeError);
    await expect(serve({ port: 0, broker: "secret" })).rejects.not.toThrow("secret");
    await expect(serve({ port: 0, broker: "redis://127.0.0.1:1" })).rejects.toThrow("ECONNREFUSED");
  });

  it("without its package says which command installs it", async () => {
    vi.doMock("@tautline/broker-disk", () => {
      throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    });
    onTestFinished(() => {
      vi.doUnmock("@tautline/broker-disk");
    });
    await expect(serve({ port: 0, dataDir: "x" })).rejects.toThrow(
      "Run: npm install @tautline/broker-disk",
    );
  });
});
