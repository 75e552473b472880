// What Prometheus reads of a server that has done something.
import { WebSocket, metricTable } from "tautline";
import { afterEach, describe, expect, it } from "vitest";

import { ApiServer } from "../api/api-server.ts";
import { TestBackend } from "../hooks/test-backend.ts";

const servers: ApiServer[] = [];

async function start(...options: Parameters<typeof ApiServer.start>): Promise<ApiServer> {
  const server = await ApiServer.start(...options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** The samples by name and labels. */
async function scrape(url: string): Promise<Map<string, number>> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const lines = (await answer.text()).split("\n").filter((line) => /^[a-z]/u.test(line));
  return new Map(
    lines.map((line): [string, number] => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describe("metrics", () => {
  it("count what was done, and tell what there is", async () => {
    const backend = await TestBackend.start();
    const api = await start({
      internalPort: 0,
      backend: { urls: backend.urls("publish") },
      hub: { open: true, channels: { historySize: 1 } },
    });
    const ann = await api.client("ann");
    const room = ann.subscribe("a");
    await room.ready();
    await room.publish(1);
    await api.ask("publish", { channel: "a", data: 2 });
    await api.ask("publish", { channel: "a" });
    await api.send("/publish", { headers: { "X-API-Key": "wrong" } });
    await expect(ann.rpc("nobody offers it", 1)).rejects.toThrow("method not found");
    await backend.close();
    const samples = await scrape(`http://127.0.0.1:${api.server.internalPort}/metrics`);
    const expected: Record<string, number> = {
      tautline_connections: 1,
      tautline_clients: 1,
      tautline_users: 1,
      tautline_channels: 1,
      tautline_subscriptions: 1,
      'tautline_connections_opened_total{transport="websocket"}': 1,
      'tautline_commands_total{method="connect",code="0"}': 1,
      'tautline_commands_total{method="publish",code="0"}': 1,
      'tautline_commands_total{method="rpc",code="104"}': 1,
      'tautline_command_duration_seconds_count{method="subscribe"}': 1,
      'tautline_publications_total{publisher="client"}': 1,
      'tautline_publications_total{publisher="server"}': 1,
      tautline_publications_received_total: 2,
      tautline_deliveries_total: 2,
      'tautline_api_calls_total{method="publish",code="0"}': 1,
      'tautline_api_calls_total{method="publish",code="107"}': 1,
      'tautline_api_refusals_total{status="401"}': 1,
      'tautline_hooks_total{hook="publish",answered="true"}': 1,
    };
    expect(Object.fromEntries([...samples].filter(([name]) => name in expected))).toEqual(expected);
    expect(samples.get("process_resident_memory_bytes")).toBeGreaterThan(0);
  });

  it("are all there, and none that is not in the table", async () => {
    const { server } = await start({ metrics: true });
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const names = [...text.matchAll(/^# TYPE (tautline_\w+) (\w+)$/gmu)];
    expect(names.map(([, name, kind]) => [name, kind])).toEqual(
      Object.entries(metricTable).map(([name, { kind }]) => [name, kind]),
    );
  });

  it("are not there unless somebody asks for them, and not where clients are", async () => {
    const plain = await start();
    expect((await fetch(`${plain.server.url}/metrics`)).status).toBe(404);
    const apart = await start({ internalPort: 0 });
    expect((await fetch(`${apart.server.url}/metrics`)).status).toBe(404);
    const without = await start({ internalPort: 0, metrics: false });
    const url = `http://127.0.0.1:${without.server.internalPort}/metrics`;
    expect((await fetch(url)).status).toBe(404);
  });

  it("keep few codes, whatever clients end with", async () => {
    const { server } = await start({ metrics: true });
    const url = `${server.url.replace("http", "ws")}/connection/websocket`;
    for (const code of [4321, 4322, 1000]) {
      const socket = new WebSocket(url);
      await new Promise((resolve) => {
        socket.addEventListener("open", resolve);
      });
      const closed = new Promise((resolve) => {
        socket.addEventListener("close", resolve);
      });
      socket.close(code);
      await closed;
    }
    const samples = await scrape(`${server.url}/metrics`);
    const closed = [...samples].filter(([name]) => name.startsWith("tautline_connections_closed"));
    expect(Object.fromEntries(closed)).toEqual({
      'tautline_connections_closed_total{transport="websocket",code="other"}': 2,
      'tautline_connections_closed_total{transport="websocket",code="1000"}': 1,
    });
  });
});
