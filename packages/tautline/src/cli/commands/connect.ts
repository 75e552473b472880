/** `tautline connect`: a WebSocket client for people and for pipes. */
import { connect, UsageError } from "@tautline/node";
import type { Connection } from "@tautline/node";

import { reasonOf, webSocketAddress } from "../address.ts";
import type { Command, OptionTable, ParsedArguments } from "../command.ts";
import { exitCodes, parseArguments, secondsInMs, UsageMistake } from "../command.ts";
import { Conversation } from "../connect/conversation.ts";
import { FrameTap } from "../connect/frame-tap.ts";
import { historyPath, LineHistory } from "../connect/line-history.ts";
import { openEmptyInput, openLineInput } from "../connect/line-input.ts";
import type { LineInput } from "../connect/line-input.ts";
import { Recorder, readRecording, replayed } from "../connect/recording.ts";
import type { RecordedMessage } from "../connect/recording.ts";
import { handshakeOptions, handshakeWishes } from "../handshake-options.ts";
import type { HandshakeWishes } from "../handshake-options.ts";
import { findingText } from "../inspect/finding-text.ts";
import { printable } from "../printable.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";

const options = {
  ...handshakeOptions,
  binary: { type: "boolean", short: "b", text: "send lines as binary messages" },
  ping: { type: "string", value: "seconds", text: "ping so often and print how long each takes" },
  wait: {
    type: "string",
    value: "seconds",
    text: "in a pipe: after the end of input, close once it has been quiet for so long (1; or 'forever')",
  },
  timeout: { type: "string", value: "seconds", text: "give up connecting after so long (30)" },
  record: { type: "string", value: "file", text: "write the session to this file, as JSON lines" },
  replay: {
    type: "string",
    value: "file",
    text: "send what the client sent in a recording, with the same pauses, and close",
  },
  speed: {
    type: "string",
    value: "factor",
    text: "with --replay: so many times as fast (1; 0 is without pauses)",
  },
  history: {
    type: "boolean",
    negated: true,
    text: "neither keep what is typed for later sessions nor bring it back",
  },
  "show-frames": { type: "boolean", text: "show handshake and frames as they travel (ws: only)" },
} as const satisfies OptionTable;

type Values = ParsedArguments<typeof options>["values"];

export const connectCommand: Command = {
  name: "connect",
  summary: "Talks to any WebSocket address: lines you type are sent, messages are printed",
  operands: "<url>",
  options,
  examples: [
    ["tautline connect ws://localhost:8080/echo", "talk; Ctrl-D or Ctrl-C closes"],
    [
      "echo hello | tautline connect ws://localhost:8080/echo",
      "send one message, print the answer",
    ],
    ["tautline connect ws://localhost:8080/broadcast --wait forever < /dev/null", "only listen"],
    [
      "tautline connect wss://example.com/ -p chat -H 'Authorization: Bearer …'",
      "subprotocol, header",
    ],
    ["tautline connect ws://localhost:8080/echo --record talk.jsonl", "keep what is said"],
    ["tautline connect ws://localhost:8080/echo --replay talk.jsonl", "say it again"],
    ["tautline connect ws://localhost:8080/echo --show-frames", "see the frames"],
  ],
  notes: [
    "Each message is printed on one line. Control and other invisible characters are shown as escapes\n(\\n, \\e, \\x9b, \\u202e), so a peer has no power over your terminal. Binary messages are shown in\nhexadecimal, the first 64 bytes.",
    "On a terminal, a \\ at the end of a line goes on with the message in the next line; the arrow keys bring\nback earlier lines, those of earlier sessions too: the newest 1,000 are kept in\n$XDG_STATE_HOME/tautline/history or ~/.local/state/tautline/history, which its owner alone can read. A line\nthat begins with a space is not kept.",
  ],
  exitCodes: [
    [exitCodes.ok, "closed normally (1000, 1001, or without a code)"],
    [exitCodes.failure, "could not connect, connection lost, or closed with another code"],
    [exitCodes.usage, "wrong command line"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, options);
  const url = webSocketAddress(connectCommand.name, operands);
  const settings = settingsOf(values);
  const talk = talkOf(values);
  if (values["show-frames"] === true && url.protocol === "wss:") {
    throw new UsageMistake("--show-frames cannot look into wss: addresses, which are encrypted");
  }
  const recorded = values.replay === undefined ? undefined : readRecording(values.replay);
  const recorder = values.record === undefined ? undefined : new Recorder(values.record);

  const stopping = new AbortController();
  const input =
    recorded === undefined
      ? openLineInput(terminal, historyFor(values, terminal))
      : openEmptyInput(terminal);
  const tap = values["show-frames"] === true ? tapFor(input, terminal) : undefined;
  let conversation: Conversation | undefined;
  const interrupt = (): void => {
    if (conversation === undefined) stopping.abort(new Error("interrupted"));
    else conversation.interrupt();
  };
  input.onInterrupt(interrupt);
  const releases = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    terminal.onSignal(signal, interrupt),
  );
  try {
    const way = tap === undefined ? {} : { proxy: await tap.open() };
    const connection = await connect(url, { ...settings, ...way, signal: stopping.signal });
    greet(connection, input, url);
    recorder?.open({ url: url.href, subprotocol: connection.subprotocol });
    const script = recorded && scriptOf(recorded, talk.speed, connection);
    const style = styleFor(terminal.stdout, terminal.env);
    conversation = new Conversation(connection, input, { ...talk, script, recorder, style });
    stopOnBrokenPipe(terminal, connection);
    return await conversation.run();
  } catch (error) {
    input.close();
    // A subprotocol or a header that HTTP cannot carry was typed on the command line.
    if (error instanceof UsageError) throw new UsageMistake(error.message);
    throw new Error(`cannot connect to ${url.href}: ${reasonOf(tap?.failure ?? error)}`, {
      cause: error,
    });
  } finally {
    tap?.close();
    for (const release of releases) release();
  }
}

function settingsOf(values: Values) {
  const { subprotocols, headers } = handshakeWishes(values);
  const connectTimeoutMs = values.timeout === undefined ? 30_000 : atLeastOneMs(values.timeout);
  return { subprotocols, headers: byName(headers), connectTimeoutMs };
}

function talkOf(values: Values) {
  if (values.speed !== undefined && values.replay === undefined) {
    throw new UsageMistake("--speed needs --replay beside it");
  }
  return {
    binary: values.binary === true,
    pingIntervalMs: values.ping === undefined ? undefined : pingInterval(values.ping),
    waitMs: values.wait === "forever" ? Infinity : secondsInMs(values.wait ?? "1", "--wait"),
    speed: speedOf(values.speed ?? "1"),
  };
}

function speedOf(text: string): number {
  if (/^\d{1,4}(\.\d{1,3})?$/u.test(text)) return Number(text);
  throw new UsageMistake(`--speed takes a number such as 2 or 0.5, not '${text}'`);
}

/** Ends with the connection, whatever it still waits for. */
function scriptOf(
  recorded: readonly RecordedMessage[],
  speed: number,
  connection: Connection,
): AsyncIterable<string | Uint8Array> {
  const over = new AbortController();
  connection.onClose(() => over.abort());
  return replayed(recorded, speed, over.signal);
}

/** Of what is typed, and of nothing else: what the command line says, tokens among it, does not get there. */
function historyFor(values: Values, terminal: Terminal): LineHistory | undefined {
  const path = values.history === false ? undefined : historyPath(terminal.env);
  return path === undefined ? undefined : new LineHistory(path);
}

function tapFor(input: LineInput, terminal: Terminal): FrameTap {
  const style = styleFor(input.interactive ? terminal.stdout : terminal.stderr, terminal.env);
  return new FrameTap((finding) => {
    for (const line of findingText(finding, style).trimEnd().split("\n")) input.remark(line);
  });
}

function greet(connection: Connection, input: LineInput, url: URL): void {
  if (!input.interactive) return;
  const protocol =
    connection.subprotocol === "" ? "" : `, subprotocol ${printable(connection.subprotocol)}`;
  input.remark(`Connected to ${url.href}${protocol}. Ctrl-D closes.`);
}

/** When the reader of a pipe has gone (`| head -1`), there is nobody left to talk for. */
function stopOnBrokenPipe(terminal: Terminal, connection: Connection): void {
  terminal.stdout.on("error", () => connection.close(1000));
}

/** One name may be given more than once: each makes a field of its own. */
function byName(headers: HandshakeWishes["headers"]): Record<string, string[]> {
  const named: Record<string, string[]> = {};
  for (const [name, value] of headers) named[name] = [...(named[name] ?? []), value];
  return named;
}

function pingInterval(text: string): number {
  const interval = secondsInMs(text, "--ping");
  if (interval < 100) throw new UsageMistake("--ping takes at least 0.1 seconds");
  return interval;
}

function atLeastOneMs(text: string): number {
  return Math.max(1, secondsInMs(text, "--timeout"));
}
