import { describe, expect, it } from "vitest";

import { runProgram } from "../../src/cli/main.ts";
import { FakeTerminal } from "./fake-terminal.ts";

const mistakes = [
  { line: "sevre", says: "unknown command 'sevre'", see: "tautline --help" },
  { line: "--nonsense", says: "unknown option '--nonsense'", see: "tautline --help" },
  { line: "serve extra", says: "serve takes no operand, not 'extra'" },
  { line: "serve --prot 1", says: "Unknown option '--prot'" },
  { line: "serve --port 70000", says: "--port takes a whole number from 0 to 65535, not '70000'" },
  { line: "serve --port 80a", says: "--port takes a whole number from 0 to 65535, not '80a'" },
  { line: "serve --open", says: "--open needs keys of tokens, or --hook connect=<url>, beside it" },
  {
    line: "serve --token-issuer app",
    says: "--token-issuer and --token-audience need keys beside them",
  },
  {
    line: "serve --token-hmac-secret-file /nowhere/secret",
    says: "--token-hmac-secret-file cannot read '/nowhere/secret' (ENOENT)",
  },
  {
    line: "serve --token-public-key-file /nowhere/key",
    says: "--token-public-key-file cannot read '/nowhere/key' (ENOENT)",
  },
  { line: "serve --token-jwks-url keys.json", says: "--token-jwks-url: jwksUrl is no address" },
  { line: "serve --host=", says: "--host takes a text that is not empty, not ''" },
  {
    line: "serve --api-prefix api",
    says: "--api-prefix: The prefix of the API begins with a slash and does not end with one",
  },
  {
    line: "serve --api-key-file /nowhere/keys",
    says: "--api-key-file cannot read '/nowhere/keys' (ENOENT)",
  },
  {
    line: "serve --internal-host 0.0.0.0",
    says: "--internal-host needs --internal-port beside it",
  },
  {
    line: "serve --internal-port x",
    says: "--internal-port takes a whole number from 0 to 65535, not 'x'",
  },
  {
    line: "serve --hook http://localhost/",
    says: "--hook takes <name>=<url>, the name one of connect, refresh, subscribe, subRefresh, publish, rpc, disconnect, not 'http://localhost/'",
  },
  {
    line: "serve --hook connect=localhost",
    says: "--hook: The address of the connect hook is no http or https address",
  },
  {
    line: "serve --hook-timeout-seconds 5",
    says: "--hook-timeout-seconds needs an address that is asked: --hook connect=<url>",
  },
  {
    line: "serve --hook connect=http://a/ --hook-forward-header host",
    says: "--hook-forward-header: The header host cannot be forwarded",
  },
  {
    line: "serve --broker nowhere",
    says: "broker takes an address such as redis://localhost:6379 or nats://localhost:4222",
  },
  { line: "serve --config /nowhere/file", says: "--config cannot read '/nowhere/file' (ENOENT)" },
  { line: "connect", says: "connect needs an address such as ws://localhost:8080" },
  { line: "connect ws://a/ ws://b/", says: "connect takes one address, not also 'ws://b/'" },
  { line: "connect ftp://a/", says: "the address must begin with ws:// or wss://, not ftp://" },
  { line: "connect ws://a/#b", says: "the address must not have a fragment (#…)" },
  { line: "connect ws://[::/", says: "'ws://[::/' is not an address" },
  { line: "connect ws://a/ -H bad", says: "--header takes 'Name: value', not 'bad'" },
  {
    line: "connect ws://a/ --wait x",
    says: "--wait takes a number of seconds such as 5 or 0.5, not 'x'",
  },
  { line: "check", says: "check needs an address such as ws://localhost:8080" },
  {
    line: "check ws://a/ --only 99",
    says: "--only means no case with '99': --list shows what there is",
  },
  { line: "check ws://a/ --port 1", says: "--port needs --client beside it" },
  {
    line: "check ws://a/ --at-once 0",
    says: "--at-once takes a whole number from 1 to 64, not '0'",
  },
  { line: "check ws://a/ --timeout 0", says: "--timeout takes at least 0.1 seconds" },
  { line: "check ws://a/ --list", says: "--list plays nothing, and takes no address" },
  {
    line: "check --client ws://a/",
    says: "--client waits for a client and takes no address, not 'ws://a/'",
  },
  { line: "check --client --http2", says: "--http2 is for checking a server" },
  { line: "bench", says: "bench needs an address such as ws://localhost:8080" },
  {
    line: "bench ws://a/ -c 0",
    says: "--connections takes a whole number from 1 to 50000, not '0'",
  },
  {
    line: "bench ws://a/ -r 1.5",
    says: "--rate takes a whole number from 1 to 10000000, not '1.5'",
  },
  { line: "bench ws://a/ -d 0", says: "--duration takes at least 0.1 seconds" },
  { line: "bench ws://a/ -d 100000", says: "--duration takes at most a day" },
  { line: "connect ws://a/ --speed 2", says: "--speed needs --replay beside it" },
  {
    line: "connect ws://a/ --replay x --speed -1",
    says: "Option '--speed' argument is ambiguous",
  },
  {
    line: "connect ws://a/ --replay x --speed fast",
    says: "--speed takes a number such as 2 or 0.5, not 'fast'",
  },
  {
    line: "connect wss://a/ --show-frames",
    says: "--show-frames cannot look into wss: addresses, which are encrypted",
  },
  { line: "inspect", says: "inspect needs a file, or - for standard input" },
  { line: "inspect a b", says: "inspect takes one file, not also 'b'" },
  { line: "connect ws://a/ --ping 0", says: "--ping takes at least 0.1 seconds" },
];

describe("a wrong command line", () => {
  for (const { line, says, see = `tautline ${line.split(" ")[0]} --help` } of mistakes) {
    it(`is told what is wrong with it: ${line}`, async () => {
      const terminal = new FakeTerminal();
      expect(await runProgram(line.split(" "), terminal)).toBe(2);
      expect(terminal.err).toBe(`tautline: ${says}. See: ${see}\n`);
      expect(terminal.out).toBe("");
    });
  }

  for (const flags of [
    ["-p", "not a token"],
    ["-H", "X-Split: a\nb"],
  ]) {
    it(`is told of what HTTP cannot carry: ${JSON.stringify(flags)}`, async () => {
      const terminal = new FakeTerminal();
      expect(await runProgram(["connect", "ws://127.0.0.1:1/", ...flags], terminal)).toBe(2);
      expect(terminal.err).toMatch(/^tautline: .*See: tautline connect --help\n$/u);
    });
  }

  it("names a wrong PORT as such", async () => {
    const terminal = new FakeTerminal({ env: { PORT: "http" } });
    expect(await runProgram(["serve"], terminal)).toBe(2);
    expect(terminal.err).toContain("PORT takes a whole number");
  });

  it("has no power over the terminal itself", async () => {
    const terminal = new FakeTerminal();
    await runProgram(["\u001b[2Jserve"], terminal);
    expect(terminal.err).not.toContain("\u001b");
  });
});

describe("a pipe that nobody reads any more", () => {
  it("is no failure", async () => {
    const terminal = new FakeTerminal();
    const ended = runProgram(["--help"], terminal);
    for (const stream of [terminal.stdout, terminal.stderr]) {
      stream.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    }
    expect(await ended).toBe(0);
  });
});

describe("help", () => {
  for (const line of ["--help", "-h", "help"]) {
    it(`lists the commands for: ${line}`, async () => {
      const terminal = new FakeTerminal();
      expect(await runProgram([line], terminal)).toBe(0);
      expect(terminal.out).toMatch(/serve\s+Serves/u);
      expect(terminal.out).toMatch(/connect <url>\s+Talks/u);
    });
  }

  for (const line of ["serve --help", "connect -h", "help connect", "connect --nonsense --help"]) {
    it(`has options, examples and exit codes for: ${line}`, async () => {
      const terminal = new FakeTerminal();
      expect(await runProgram(line.split(" "), terminal)).toBe(0);
      for (const part of ["Options", "Examples", "Exit codes"]) {
        expect(terminal.out).toContain(part);
      }
      expect(terminal.out).not.toContain("\u001b");
    });
  }

  it("is what one gets for no command, as a mistake", async () => {
    const terminal = new FakeTerminal();
    expect(await runProgram([], terminal)).toBe(2);
    expect(terminal.err).toContain("Commands");
  });

  it("speaks of a configuration file only where one is read", async () => {
    const texts = await Promise.all(
      ["serve", "sub", "token"].map(async (name) => {
        const terminal = new FakeTerminal();
        await runProgram([name, "--help"], terminal);
        return terminal.out;
      }),
    );
    expect(texts.map((text) => text.includes("keys of the configuration file"))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is in colour on a terminal", async () => {
    const terminal = new FakeTerminal({ tty: true });
    await runProgram(["--help"], terminal);
    expect(terminal.out).toContain("\u001b[1m");
  });
});

describe("--version", () => {
  it("prints the package's version", async () => {
    const terminal = new FakeTerminal();
    expect(await runProgram(["--version"], terminal)).toBe(0);
    expect(terminal.out).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });
});
