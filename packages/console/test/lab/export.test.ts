import { describe, expect, it } from "vitest";

import { asCsv, asJson } from "../../page/pages/lab/export.ts";
import { bytesPerUpdate, cpuAbove, emptyView } from "../../page/pages/lab/lab-result.ts";
import type { LabView } from "../../page/pages/lab/lab-result.ts";
import { defaultSettings } from "../../page/pages/lab/lab-settings.ts";
import { transports } from "../../page/pages/lab/transports.ts";

const empty = emptyView(defaultSettings);

const view: LabView = {
  ...empty,
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  clock: { offsetMs: 1, errorMs: 0.25 },
  results: {
    ...empty.results,
    sse: {
      created: 75,
      delivered: 74,
      medianMs: 41.23456,
      p99Ms: 60,
      requests: 1,
      received: 560,
      sent: 24_000,
      cpuMs: 12.3456,
      problem: undefined,
    },
  },
};

describe("the figures as CSV", () => {
  const [head = "", ...rows] = asCsv(view).trimEnd().split("\r\n");
  it("have a row for each transport, all as long as the head", () => {
    expect(rows.map((row) => row.split(",")[0])).toEqual([...transports]);
    for (const row of rows) expect(row.split(",")).toHaveLength(head.split(",").length);
  });

  it("say what was measured, and with what", () => {
    expect(head).toMatch(/^transport,created,delivered,lost,medianMs,p99Ms,requests,/u);
    const sse = rows.find((row) => row.startsWith("sse,"));
    expect(sse).toBe("sse,75,74,1,41.23,60,1,560,24000,331.89,12.35,5,256,40,1000,15,false");
  });

  it("leave empty what is not known", () => {
    expect(rows[0]).toBe("short-polling,0,0,0,,,0,0,0,,,5,256,40,1000,15,false");
  });

  it("have tabs where they are pasted", () => {
    expect(asCsv(view, "\t").split("\r\n")[0]).toBe(head.replaceAll(",", "\t"));
  });
});

describe("the figures as JSON", () => {
  it("say the same, and when it was", () => {
    const value = JSON.parse(asJson(view)) as Record<string, unknown>;
    expect(value).toMatchObject({
      startedAt: "2026-01-02T03:04:05.000Z",
      settings: defaultSettings,
      clock: { offsetMs: 1, errorMs: 0.25 },
    });
    expect(value["transports"]).toHaveLength(transports.length);
    expect(value["transports"]).toContainEqual(
      expect.objectContaining({ transport: "sse", lost: 1, serverCpuMs: 12.35 }),
    );
  });
});

describe("what is worked out of figures", () => {
  it("is bytes in both directions for each update that arrived", () => {
    expect(bytesPerUpdate(view.results.sse)).toBeCloseTo(24_560 / 74);
    expect(bytesPerUpdate(view.results.websocket)).toBeUndefined();
  });

  it("is processor time above that of the lull, in proportion, and not below nothing", () => {
    const lull = { cpuMs: 10, wallMs: 1000 };
    expect(cpuAbove(lull, { cpuMs: 80, wallMs: 5000 })).toBe(30);
    expect(cpuAbove(lull, { cpuMs: 20, wallMs: 5000 })).toBe(0);
    expect(cpuAbove({ cpuMs: 0, wallMs: 0 }, { cpuMs: 20, wallMs: 5000 })).toBe(20);
  });
});
