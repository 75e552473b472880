// `tautline inspect`, from the command line to what is printed.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { runProgram } from "../../../src/cli/main.ts";
import { hex, packets, pcap, request, response } from "../../inspect/capture-writer.ts";
import { FakeTerminal } from "../fake-terminal.ts";

async function inspect(args: readonly string[], input: Uint8Array | string = "") {
  const terminal = new FakeTerminal();
  terminal.stdin.end(input);
  return { code: await runProgram(["inspect", ...args], terminal), terminal };
}

const capture = pcap(
  packets([
    { from: "client", bytes: request },
    { from: "server", bytes: response() },
    { from: "client", bytes: hex("81 85 37 fa 21 3d 7f 9f 4d 51 58") },
    { from: "server", bytes: hex("82 03 00 01 ff 83 01 1b 88 05 03 e9 62 79 65") },
  ]),
);

describe("tautline inspect", () => {
  it("prints handshake and frames", async () => {
    const { code, terminal } = await inspect(["-"], capture);
    expect(code).toBe(0);
    expect(terminal.out).toBe(`
#1 10.0.0.1:50000 → 10.0.0.2:8080
  GET /chat HTTP/1.1
    Host: a.example
    Upgrade: websocket
    Connection: Upgrade
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
    Sec-WebSocket-Version: 13
  HTTP/1.1 101 Switching Protocols
    Upgrade: websocket
    Connection: Upgrade
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
    accept key: base64(SHA-1(key + GUID)) = s3pPLMBiTxaQ9kYGzzhZRbK+xOo= as received
  #1 00:00:03.500 → text     FIN       5 bytes  mask 37fa213d  Hello
  #1 00:00:04.500 ← binary   FIN       3 bytes  00 01 ff
  #1 00:00:04.500 ← opcode 3  FIN       1 byte  \\e
    wrong: reserved opcode (RFC 6455 §5.2)
  #1 00:00:04.500 ← close    FIN       5 bytes  1001, going away: bye
`);
  });

  it("prints JSON lines with --json", async () => {
    const { terminal } = await inspect(["-", "--json"], capture);
    const lines = terminal.out.trimEnd().split("\n");
    const found: unknown[] = lines.map((line): unknown => JSON.parse(line));
    expect(found).toHaveLength(6);
    expect(found[2]).toEqual({
      kind: "frame",
      connection: 1,
      from: "client",
      at: 3500,
      header: "818537fa213d",
      fin: true,
      rsv: [false, false, false],
      opcode: 1,
      opcodeName: "text",
      maskKey: "37fa213d",
      payloadLength: 5,
      payload: { text: "Hello" },
      problems: [],
    });
    expect(found[3]).toMatchObject({ payload: { base64: "AAH/" } });
    expect(found[5]).toMatchObject({ opcodeName: "close", closeCode: 1001 });
  });

  it("reads a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tautline-inspect-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "frame.txt");
    await writeFile(file, "81 02 68 69");
    const { code, terminal } = await inspect([file]);
    expect(code).toBe(0);
    expect(terminal.out).toContain("← text     FIN       2 bytes  hi\n");
  });

  it("says what is wrong with a file, and ends with 1", async () => {
    const missing = await inspect(["/nowhere/x"]);
    expect(missing.code).toBe(1);
    expect(missing.terminal.err).toBe("tautline: cannot read '/nowhere/x' (ENOENT)\n");
    const cut = await inspect(["-"], capture.subarray(0, -1));
    expect(cut.code).toBe(1);
    expect(cut.terminal.out).toContain("Hello");
    expect(cut.terminal.err).toMatch(/^tautline: cannot read standard input: the file ends within/);
    const silent = await inspect(["-"], pcap(packets([])));
    expect(silent.code).toBe(1);
    expect(silent.terminal.err).toBe("tautline: there is no WebSocket traffic in standard input\n");
  });
});
