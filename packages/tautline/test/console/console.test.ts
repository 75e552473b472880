// Who gets to the parts of the console, over real sockets; and what happens when a part does not answer.
import { createServer } from "node:http";
import type { Server } from "node:http";

import { silentLogger } from "@tautline/hub";
import { connect } from "@tautline/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ConsolePart } from "../../src/console/console-part.ts";
import { Console } from "../../src/console/console.ts";
import { serve } from "../../src/serve/serve.ts";
import { answerText } from "../../src/serve/page-answers.ts";

const token = "a-token-of-some-length";
const closed: string[] = [];

function part(name: string, guarded: boolean): ConsolePart {
  return {
    name,
    guarded,
    answer: (_request, response, rest) => {
      if (rest === "/throws") throw new Error("seeded");
      if (rest !== "/where") return false;
      answerText(response, 200, `${name}${rest}`);
      return true;
    },
    accept: (connection) => connection.send(`hello from ${name}`),
    close: () => void closed.push(name),
  };
}

let http: Server;
let console: Console;
let origin = "";

beforeAll(async () => {
  console = new Console({
    parts: [part("open", false), part("guarded", true)],
    token,
    connection: {},
    allowedOrigins: "same-host",
    logger: silentLogger,
  });
  http = createServer((request, response) => {
    if (!console.handle(request, response)) answerText(response, 404, "not the console's");
  });
  for (const [path, server] of console.webSockets) server.attach(http, { path });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});

afterAll(async () => {
  await Promise.all([...console.webSockets.values()].map((server) => server.shutdown()));
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

async function ask(path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${origin}${path}`, { headers });
  return { status: response.status, text: await response.text() };
}

const bearer = { authorization: `Bearer ${token}` };

describe("requests to the console", () => {
  const rows: readonly {
    readonly name: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly status: number;
    readonly text: RegExp;
  }[] = [
    { name: "an open part", path: "/console/open/where", status: 200, text: /^open\/where$/mu },
    { name: "a query", path: "/console/open/where?a=b", status: 200, text: /^open\/where$/mu },
    {
      name: "a guarded part without a token",
      path: "/console/guarded/where",
      status: 401,
      text: /link that the server printed/u,
    },
    {
      name: "a guarded part with another token",
      path: "/console/guarded/where",
      headers: { authorization: "Bearer a-token-of-some-lengti" },
      status: 401,
      text: /token/u,
    },
    {
      name: "a guarded part with the token",
      path: "/console/guarded/where",
      headers: bearer,
      status: 200,
      text: /^guarded\/where$/mu,
    },
    {
      name: "a page of another site, with the token",
      path: "/console/guarded/where",
      headers: { ...bearer, "sec-fetch-site": "cross-site" },
      status: 403,
      text: /own page/u,
    },
    {
      name: "what a part does not have",
      path: "/console/open/else",
      status: 404,
      text: /nothing/u,
    },
    { name: "what no part has", path: "/console/other", status: 404, text: /not the console's/u },
    { name: "another path", path: "/consoles", status: 404, text: /not the console's/u },
    { name: "the path of connections", path: "/console/open", status: 426, text: /WebSocket/u },
    { name: "a part that throws", path: "/console/open/throws", status: 500, text: /log/u },
  ];
  it.each(rows)("$name → $status", async ({ path, headers, status, text }) => {
    const answer = await ask(path, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
  });
});

async function greeting(name: string, subprotocols: readonly string[], headers = {}) {
  const url = `${origin.replace("http", "ws")}/console/${name}`;
  const connection = await connect(url, { subprotocols: [...subprotocols], headers });
  const { value } = await connection[Symbol.asyncIterator]().next();
  const { subprotocol } = connection;
  connection.close();
  return { subprotocol, text: String(value?.data ?? value) };
}

describe("connections to the console", () => {
  const proof = `bearer.${Buffer.from(token).toString("base64url")}`;

  it("to an open part need no token", async () => {
    expect(await greeting("open", ["tautline-console"])).toEqual({
      subprotocol: "tautline-console",
      text: "hello from open",
    });
  });

  it("to a guarded part bring it among the subprotocols, which is not repeated", async () => {
    expect(await greeting("guarded", ["tautline-console", proof])).toEqual({
      subprotocol: "tautline-console",
      text: "hello from guarded",
    });
  });

  it("to a guarded part may bring it as programs do", async () => {
    expect(await greeting("guarded", [], bearer)).toMatchObject({ text: "hello from guarded" });
  });

  it.each([[[]], [["tautline-console"]], [["tautline-console", "bearer.AAAA"]]])(
    "to a guarded part are refused with %j",
    async (subprotocols) => {
      await expect(greeting("guarded", subprotocols)).rejects.toThrow("401");
    },
  );

  it("from a page of another origin are refused", async () => {
    const headers = { Origin: "https://elsewhere.example" };
    await expect(greeting("open", ["tautline-console"], headers)).rejects.toThrow("403");
  });
});

describe("a server's console", () => {
  it("has no guarded part without a token, and refuses one that can be guessed", async () => {
    const server = await serve({ port: 0 });
    try {
      expect((await fetch(`${server.url}/console/access`, { headers: bearer })).status).toBe(401);
    } finally {
      await server.close();
    }
    await expect(serve({ port: 0, consoleToken: "short" })).rejects.toThrow("console's token");
  });

  it("tells whether a token is the right one", async () => {
    const server = await serve({ port: 0, consoleToken: token });
    try {
      expect((await fetch(`${server.url}/console/access`, { headers: bearer })).status).toBe(200);
      expect((await fetch(`${server.url}/console/access`)).status).toBe(401);
    } finally {
      await server.close();
    }
  });

  it("is not there without the page", async () => {
    const server = await serve({ port: 0, page: false, consoleToken: token });
    try {
      expect((await fetch(`${server.url}/console/access`, { headers: bearer })).status).toBe(404);
    } finally {
      await server.close();
    }
  });

  it("ends its parts", async () => {
    const ending = new Console({
      parts: [part("x", false)],
      token,
      connection: {},
      allowedOrigins: "any",
      logger: silentLogger,
    });
    await ending.close();
    expect(closed).toEqual(["x"]);
  });
});
