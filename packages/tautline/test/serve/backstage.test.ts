// What backends and operators see of a server, on the main port and on one of its own.
import type { Tracer } from "@tautline/hub";
import { afterEach, describe, expect, it } from "vitest";

import { ApiServer, key } from "../api/api-server.ts";

const servers: ApiServer[] = [];

async function start(...options: Parameters<typeof ApiServer.start>): Promise<ApiServer> {
  const server = await ApiServer.start(...options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function statusOf(url: string): Promise<number> {
  return (await fetch(url)).status;
}

describe("the port of the API", () => {
  it("is the main one, or one of its own and then no other", async () => {
    const alone = await start();
    expect(alone.server.internalPort).toBeUndefined();
    const apart = await start({ internalPort: 0 });
    expect(await apart.ask("info", {})).toMatchObject({ result: { nodes: [{ num_clients: 0 }] } });
    expect(await statusOf(`${apart.server.url}/api/info`)).toBe(404);
    expect(await statusOf(apart.url.replace("/api", "/"))).toBe(404);
    expect(await statusOf(apart.url.replace("/api", "/echo"))).toBe(404);
  });

  it("is freed when the main one cannot be had, and must be one", async () => {
    const { server } = await start();
    await expect(start({ port: server.port, internalPort: 0 })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    await expect(start({ internalPort: 70_000 })).rejects.toThrow("internalPort");
  });

  it("writes a span for each call, when somebody wants spans", async () => {
    const names: string[] = [];
    const tracer: Tracer = {
      span: (name, _, work) => {
        names.push(name);
        return work({ attribute: () => undefined, fail: () => undefined });
      },
    };
    const server = await start({ tracer });
    await server.ask("publish", { channel: "a", data: 1 });
    await server.ask("info", {});
    expect(names).toEqual(["tautline.api.publish", "tautline.api.info"]);
  });

  it("can have another prefix", async () => {
    const { server } = await start({ api: { keys: [key], prefix: "/backend/v1" } });
    const answer = await fetch(`${server.url}/backend/v1/info`, {
      method: "POST",
      headers: { "X-API-Key": key },
    });
    expect(await answer.json()).toHaveProperty("result");
    expect(await statusOf(`${server.url}/backend/v12`)).toBe(404);
    for (const prefix of ["", "/", "api", "/api/", "/a?b"]) {
      await expect(start({ api: { keys: [key], prefix } })).rejects.toThrow(RangeError);
    }
  });
});

describe("health", () => {
  it("is told on both ports", async () => {
    const { server, url } = await start({ internalPort: 0 });
    for (const origin of [server.url, new URL(url).origin]) {
      expect(await statusOf(`${origin}/healthz`)).toBe(200);
      expect(await statusOf(`${origin}/readyz`)).toBe(200);
      expect((await fetch(`${origin}/readyz`, { method: "POST" })).status).not.toBe(200);
    }
  });

  it("changes while the server shuts down, and the API takes nothing more", async () => {
    const leave: (() => void)[] = [];
    const left = new Promise<void>((resolve) => leave.push(resolve));
    const apart = await start({ internalPort: 0, hooks: { disconnect: () => left } });
    const origin = new URL(apart.url).origin;
    const ann = await apart.client("ann");
    const gone = new Promise((resolve) => ann.onStateChange(resolve));
    const closed = apart.server.close();
    await gone;
    expect(await statusOf(`${origin}/readyz`)).toBe(503);
    expect(await statusOf(`${origin}/healthz`)).toBe(200);
    const refused = await apart.send("/publish", { body: '{"channel":"a","data":1}' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    leave[0]?.();
    await closed;
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow("fetch failed");
  });
});

describe("a broker that does not answer", () => {
  it("keeps no request of the API waiting for ever", async () => {
    const never = new Promise<never>(() => undefined);
    const broker = {
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
      subscribe: () => never,
      unsubscribe: () => never,
      publish: () => never,
      history: () => Promise.reject(new Error("the broker is down")),
      removeHistory: () => never,
      addMember: () => never,
      removeMember: () => never,
      announceJoin: () => never,
      announceLeave: () => never,
      members: () => never,
      memberStats: () => never,
    };
    const options = { keys: [key], methodTimeoutMs: 1, maxPendingRequests: 1 };
    const hub = { open: true, channels: { historySize: 1 } };
    const api = await start({ broker, hub, api: options });
    const timeout = { error: { code: 100, message: "timeout" } };
    expect(await api.ask("publish", { channel: "a", data: 1 })).toEqual(timeout);
    expect(await api.ask("presence", { channel: "a" })).toEqual(timeout);
    const failure = { error: { code: 100, message: "internal server error" } };
    expect(await api.ask("history", { channel: "a" })).toEqual(failure);
    expect(await api.ask("info", {})).toHaveProperty("result");
  });
});
