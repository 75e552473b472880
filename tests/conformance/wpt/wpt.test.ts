/**
 * Checks of the web-platform-tests on the standard classes of `@tautline/node`, over `ws:` and `wss:`, and as a control on
 * the WebSocket of Node.js itself, where it has one.
 */
import * as ours from "@tautline/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certificate } from "../../../packages/node/test/servers.ts";
import { wptFiles } from "./files.ts";
import { notApplicable } from "./not-applicable.ts";
import { nodeDepartures } from "./node-departures.ts";
import { closingRows } from "./rows/closing.ts";
import { constructorRows } from "./rows/constructor.ts";
import { interfaceRows } from "./rows/interfaces.ts";
import { sendingRows } from "./rows/sending.ts";
import { streamRows } from "./rows/stream.ts";
import { Bench } from "./wpt-row.ts";
import type { Row } from "./wpt-row.ts";
import { WptServer } from "./wpt-server.ts";

const rows = [...constructorRows, ...sendingRows, ...closingRows, ...interfaceRows];
const all = [...rows, ...streamRows];

const titleOf = ({ file, name }: Row) => (name === undefined ? file : `${file}: ${name}`);

describe("the list", () => {
  const checked = new Set(all.map(({ file }) => file));

  test("has every file, either checked or with the reason why it cannot be", () => {
    const listed = [...new Set([...checked, ...Object.keys(notApplicable)])].sort();
    expect(listed).toEqual([...wptFiles].sort());
  });

  test("has no file that is both", () => {
    expect(Object.keys(notApplicable).filter((file) => checked.has(file))).toEqual([]);
  });

  test("has no check twice", () => {
    const titles = all.map(titleOf);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});

/** Runs `chosen` on a bench over a server of their own. */
function play(
  chosen: readonly Row[],
  { tls, create }: { tls?: typeof certificate; create: (server: WptServer) => Bench },
): void {
  let server: WptServer;
  beforeAll(async () => {
    server = await WptServer.start(tls);
  });
  afterAll(() => server.stop());
  test.each(chosen.map((row) => [titleOf(row), row] as const))("%s", async (_, row) => {
    const bench = create(server);
    try {
      const playing = Promise.resolve(row.run(bench));
      expect(await playing.then(() => "played")).toBe("played");
    } finally {
      server.release();
      bench.clear();
    }
  });
}

describe("over ws:", () => {
  play(all, { create: (server) => new Bench(ours.WebSocket, ours.CloseEvent, server) });
});

/** Trusts the server's certificate. Whatever else is given stays as it is. */
class Trusting extends ours.WebSocket {
  constructor(url: string | URL, given?: string | readonly string[] | ours.WebSocketOptions) {
    const options =
      typeof given === "object" && !Array.isArray(given) ? given : { protocols: given };
    super(url, { ...(options as ours.WebSocketOptions), tls: { ca: certificate.cert } });
  }
}

describe("over wss:", () => {
  const chosen = rows.filter(({ once }) => once !== true);
  play(chosen, {
    tls: certificate,
    create: (server) => new Bench(Trusting, ours.CloseEvent, server),
  });
});

const globals: Partial<Pick<typeof ours, "WebSocket" | "CloseEvent">> = globalThis as object;
const { WebSocket: ofNode } = globals;

// Node.js 20 has none.
describe.runIf(ofNode !== undefined)("on the WebSocket of Node.js, as a control", () => {
  const chosen = rows.filter((row) => nodeDepartures[titleOf(row)] === undefined);
  play(chosen, {
    create: (server) => new Bench(ofNode!, globals.CloseEvent ?? ours.CloseEvent, server),
  });

  test("what is left out is among the checks", () => {
    const titles = new Set(rows.map(titleOf));
    expect(Object.keys(nodeDepartures).filter((title) => !titles.has(title))).toEqual([]);
  });
});
