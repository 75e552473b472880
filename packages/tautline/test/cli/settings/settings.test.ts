/** Where the values of settings come from, and what is said of those that are none. */
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { runProgram } from "../../../src/cli/main.ts";
import { serveSettings } from "../../../src/cli/serve/serve-settings.ts";
import { choose } from "../../../src/cli/settings/choose.ts";
import { readConfigFile } from "../../../src/cli/settings/config-file.ts";
import { FakeTerminal } from "../fake-terminal.ts";
import { folderWith } from "../folder.ts";

const key = "the-first-key-of-all";

/** The lines of `--print-config`, by key: value and source. */
async function printed(args: readonly string[], env: Record<string, string> = {}) {
  const terminal = new FakeTerminal({ env });
  const code = await runProgram(["serve", "--print-config", ...args], terminal);
  expect(terminal.err).toBe("");
  expect(code).toBe(0);
  const rows = terminal.out.trimEnd().split("\n");
  return {
    out: terminal.out,
    rows: Object.fromEntries(rows.map((row) => [row.split(" ")[0], row.split(/ {2,}/u).slice(1)])),
  };
}

describe("a setting", () => {
  it("comes from the flag before the variable, that before the file, that before the default", async () => {
    const folder = await folderWith({ "t.json": '{"port":1,"host":"::1","history":3}' });
    const file = join(folder, "t.json");
    const env = { PORT: "2", TAUTLINE_HOST: "localhost", TAUTLINE_HISTORY: "" };
    const { rows } = await printed(["--config", file, "--port", "3"], env);
    expect(rows["port"]).toEqual(["3", "--port"]);
    expect(rows["host"]).toEqual(['"localhost"', "TAUTLINE_HOST"]);
    expect(rows["history"]).toEqual(["3", `history in ${file}`]);
    expect(rows["apiPrefix"]).toEqual(['"/api"', "default"]);
    expect(rows["metrics"]).toEqual(["-", "with --internal-port"]);
    expect(rows["broker"]).toEqual(["-", "not set"]);
  });

  it("that is a switch may be taken back by a flag", async () => {
    const folder = await folderWith({ "t.json": '{"page":true,"metrics":true}' });
    const { rows } = await printed(["-c", join(folder, "t.json"), "--no-page", "--no-metrics"]);
    expect(rows["page"]).toEqual(["false", "--page"]);
    expect(rows["metrics"]).toEqual(["false", "--metrics"]);
  });

  it("has a line in --print-config, whatever it is", async () => {
    expect(Object.keys((await printed([])).rows)).toEqual(Object.keys(serveSettings));
  });

  it("that is a secret is never printed, nor is a password in an address", async () => {
    const env = {
      TAUTLINE_API_KEY: `${key} ${key}2`,
      TAUTLINE_BROKER: "redis://ann:hunter2@localhost:6379/1",
    };
    const { rows, out } = await printed([], env);
    expect(rows["apiKey"]).toEqual(["*** ***", "TAUTLINE_API_KEY"]);
    expect(rows["broker"]?.[0]).toBe('"redis://ann:***@localhost:6379/1"');
    expect(out).not.toContain("hunter2");
    expect(out).not.toContain(key);
  });
});

describe("a configuration file", () => {
  it("may have everything, in the forms that flags have", async () => {
    const folder = await folderWith({
      "t.json": JSON.stringify({
        $schema: "./config.schema.json",
        port: 0,
        allowedOrigin: ["https://a.example", "https://b.example"],
        apiKey: key,
        apiKeyFile: "keys.txt",
        internalPort: 0,
        metrics: false,
        hook: { connect: "http://localhost:1/" },
        hookTimeoutSeconds: 0.5,
      }),
      "keys.txt": `${key}2\n`,
    });
    const file = await readConfigFile(serveSettings, join(folder, "t.json"));
    const choices = choose(serveSettings, { flags: {}, env: {}, file });
    expect(choices.allowedOrigin?.value).toEqual(["https://a.example", "https://b.example"]);
    expect(choices.apiKey?.value).toEqual([key]);
    expect(choices.apiKeyFile?.value).toEqual([join(folder, "keys.txt")]);
    expect(choices.metrics).toMatchObject({ value: false, source: "file" });
    expect(choices.hook?.value).toEqual({ connect: "http://localhost:1/" });
    expect(choices.hookTimeoutSeconds.value).toBe(0.5);
  });

  it.each([
    { text: "[]", says: 't.json is no JSON object, as in {"port": 8080}' },
    { text: '{"prot":1}', says: "t.json has a key 'prot' that means nothing. Is it 'port'?" },
    { text: '{"nonsense":1}', says: "It may have: port, host, page," },
    { text: '{"__proto__":{}}', says: "a key '__proto__' that means nothing" },
    {
      text: '{"port":"80"}',
      says: "port in t.json takes a whole number from 0 to 65535, not '\"80\"'",
    },
    { text: '{"port":1.5}', says: "port in t.json takes a whole number from 0 to 65535" },
    { text: '{"host":""}', says: "host in t.json takes a text that is not empty" },
    { text: '{"open":"yes"}', says: "open in t.json takes true or false" },
    {
      text: '{"hookTimeoutSeconds":61}',
      says: "takes a number of seconds from 0.001 to 60, not '61'",
    },
    { text: '{"hook":{"conect":"http://a/"}}', says: "hook in t.json takes <name>=<url>" },
    { text: '{"allowedOrigin":[1]}', says: "allowedOrigin in t.json takes" },
    {
      text: '{"broker":"redis://a","dataDir":"b"}',
      says: "a data directory is for one server, with all of its workers, and a broker for several",
    },
  ])("is told what is wrong with $text", async ({ text, says }) => {
    const folder = await folderWith({ "t.json": text });
    const terminal = new FakeTerminal();
    const file = join(folder, "t.json");
    expect(await runProgram(["serve", "--config", file, "--print-config"], terminal)).toBe(2);
    expect(terminal.err.replaceAll(file, "t.json")).toContain(says);
  });

  it("is told where it is no JSON, without a word of what it says", async () => {
    const folder = await folderWith({ "t.json": `{\n  "apiKey": ${key}\n}` });
    const terminal = new FakeTerminal();
    expect(await runProgram(["serve", "--config", join(folder, "t.json")], terminal)).toBe(2);
    expect(terminal.err).toContain("is no JSON");
    expect(terminal.err).not.toContain(key.slice(0, 6));
  });

  it("with a secret of the wrong form is told the key alone", async () => {
    const folder = await folderWith({ "t.json": '{"apiKey":[{"hunter2":1}]}' });
    const terminal = new FakeTerminal();
    expect(await runProgram(["serve", "--config", join(folder, "t.json")], terminal)).toBe(2);
    expect(terminal.err).toContain("apiKey in ");
    expect(terminal.err).not.toContain("hunter2");
  });

  it("may be named by a variable", async () => {
    const folder = await folderWith({ "t.json": '{"port":1}' });
    const { rows } = await printed([], { TAUTLINE_CONFIG: join(folder, "t.json") });
    expect(rows["port"]?.[0]).toBe("1");
  });
});
