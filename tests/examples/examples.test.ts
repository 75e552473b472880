// The examples, run by the commands they name.
import { fileURLToPath } from "node:url";

import { Client, CallRefused } from "@tautline/client";
import { connect } from "@tautline/node";
import { serve } from "tautline";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";

import { Program } from "../cli/program.ts";

const running: Program[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()));
});

/** Starts an example on a free port; resolves with the address it prints. */
async function start(name: string): Promise<{ program: Program; url: string }> {
  const path = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const program = new Program([path], { PORT: "0" });
  running.push(program);
  const [url] = await program.printed(/\w+:\/\/localhost:\d+/u);
  return { program, url };
}

describe("examples", () => {
  it("broadcast-server sends each message to all", async () => {
    const { url } = await start("broadcast-server.mjs");
    const one = await connect(url);
    const other = await connect(url);
    const heardByOne = one[Symbol.asyncIterator]();
    const heardByOther = other[Symbol.asyncIterator]();
    expect((await heardByOne.next()).value).toBe("Welcome");
    expect((await heardByOther.next()).value).toBe("Welcome");
    one.send("to all");
    expect((await heardByOne.next()).value).toBe("to all");
    expect((await heardByOther.next()).value).toBe("to all");
    one.close();
    other.close();
  });

  it("echo-server says welcome, and then what it is told", async () => {
    const { url } = await start("echo-server.mjs");
    const client = await connect(url);
    const heard = client[Symbol.asyncIterator]();
    expect((await heard.next()).value).toBe("Welcome");
    client.send("hello");
    expect((await heard.next()).value).toBe("hello");
    client.close();
  });

  it.each([
    { name: "chat-with-ws.mjs", path: "", page: "Upgrade Required" },
    { name: "express.mjs", path: "/chat", page: "The chat is at /chat." },
    { name: "fastify.mjs", path: "/chat", page: "The chat is at /chat." },
    { name: "hono.mjs", path: "/chat", page: "The chat is at /chat." },
  ])("$name sends each message to all", async ({ name, path, page }) => {
    const { url } = await start(name);
    const address = `${url.replace(/^http/u, "ws")}${path}`;
    const one = await connect(address);
    const other = await connect(address);
    const heardByOne = one[Symbol.asyncIterator]();
    const heardByOther = other[Symbol.asyncIterator]();
    one.send("to all");
    expect((await heardByOne.next()).value).toBe("to all");
    expect((await heardByOther.next()).value).toBe("to all");
    const answer = await fetch(url.replace(/^ws/u, "http"));
    expect(await answer.text()).toBe(page);
    one.close();
    other.close();
  });

  it("channel-rules lets talk pass and refuses shouting", async () => {
    const { program, url } = await start("channel-rules.mjs");
    const client = new Client(`${url}/connection/websocket`, {
      webSocket: WebSocket,
      data: { name: "Ada" },
    });
    await client.connect();
    await client.publish("chat", { text: "hello" });
    await program.printed(/\{"name":"Ada"\} says \{"text":"hello"\}/u);
    const shouting = client.publish("chat", { text: "HELLO THERE, ANYBODY" });
    await expect(shouting).rejects.toThrow(CallRefused);
    await expect(shouting).rejects.toMatchObject({ serverMessage: "no shouting, please" });
    await client.disconnect();
  });

  it("device obeys the remote control, and says so", async () => {
    const server = await serve({ port: 0 });
    const path = fileURLToPath(new URL("../../examples/device.mjs", import.meta.url));
    const program = new Program([path, server.url]);
    running.push(program);
    const control = new Client(`${server.url}/connection/websocket`, { webSocket: WebSocket });
    const reports = control.subscribe<{ command: string; on: boolean }>("uses-device:state");
    const obeyed = new Promise((resolve) => {
      reports.onPublication(({ data }) => {
        if (data.command === "one") resolve(data);
      });
    });
    await control.connect();
    await reports.ready();
    await control.rpc("uses.device.command", { id: "one", on: true, brightness: 40 });
    await program.printed(/on, █{8} 40 %/u);
    expect(await obeyed).toMatchObject({ on: true, brightness: 40 });
    await control.disconnect();
    await server.close();
  });
});
