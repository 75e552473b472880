/**
 * docs/reference/options.md is generated from the interfaces of options, their comments and the frozen defaults: this
 * test compares the two, and `npx vitest run tests/docs/options.test.ts -u` writes the page anew.
 */
import { clientDefaults } from "@tautline/client";
import { fallbackDefaults } from "@tautline/client/fallback";
import { reconnectingDefaults } from "@tautline/client/reconnecting-websocket";
import { channelDefaults, hubDefaults, memoryBrokerDefaults } from "@tautline/hub";
import { nodeDefaults, serverCompressionDefaults } from "@tautline/node";
import { format } from "prettier";
import { apiDefaults, backendDefaults, httpTransportDefaults, tokenDefaults } from "tautline";
import { describe, expect, test } from "vitest";

import { membersOf } from "./interface-members.ts";
import type { Member } from "./interface-members.ts";

type Defaults = Readonly<Record<string, unknown>>;

interface Section {
  readonly title: string;
  readonly intro: string;
  readonly defaults: Defaults;
  /** Files and the interfaces in them. */
  readonly from: readonly (readonly [file: string, name: string])[];
}

const node = "packages/node/src/options.ts";
const protocol = "packages/protocol/src/options.ts";
const reconnecting = "packages/client/src/reconnecting/reconnecting-options.ts";
const handshake = "packages/protocol/src/handshake/server-handshake.ts";

const sections: readonly Section[] = [
  {
    title: "Connections",
    intro:
      "For servers (`new WebSocketServer(options)`) and clients (`connect(url, options)`) alike.",
    defaults: { ...nodeDefaults },
    from: [
      [protocol, "EngineLimits"],
      [protocol, "EngineTimes"],
      [protocol, "EngineChoices"],
      [node, "ConnectionOptions"],
    ],
  },
  {
    title: "Servers",
    intro: "Of `new WebSocketServer(options)`.",
    defaults: { ...nodeDefaults },
    from: [
      [node, "ServerOptions"],
      [handshake, "ServerHandshakeOptions"],
    ],
  },
  {
    title: "Compression",
    intro:
      "Of `compression` in the options of servers and of `connect`. The defaults are a server's; a client's are `true` for " +
      "`contextTakeover` and `peerContextTakeover`. More: [Compress messages](../how-to/compression.md).",
    defaults: { ...serverCompressionDefaults },
    from: [
      ["packages/protocol/src/deflate/compression-options.ts", "CompressionSettings"],
      ["packages/node/src/compression/deflate-extension.ts", "Compression"],
    ],
  },
  {
    title: "Listening",
    intro: "Of `server.listen(options)`.",
    defaults: {},
    from: [[node, "ListenOptions"]],
  },
  {
    title: "Listening on a path",
    intro: "Of `server.listen({ path, … })`: a Unix socket or a named pipe instead of a port.",
    defaults: {},
    from: [[node, "ListenPathOptions"]],
  },
  {
    title: "Shutting down",
    intro: "Of `server.shutdown(options)`.",
    defaults: { ...nodeDefaults },
    from: [[node, "ShutdownOptions"]],
  },
  {
    title: "Connecting",
    intro: "Of `connect(url, options)`.",
    defaults: { ...nodeDefaults },
    from: [[node, "ConnectOptions"]],
  },
  {
    title: "The standard WebSocket",
    intro:
      "Of `new WebSocket(url, options)`, beside everything under Connections and Connecting but `subprotocols` and `receive`. More: " +
      "[Use the standard WebSocket](../how-to/standard-websocket.md).",
    defaults: {},
    from: [["packages/node/src/standard/websocket.ts", "WebSocketOptions"]],
  },
  {
    title: "Hubs",
    intro: "Of `new Hub({ options, … })`.",
    defaults: { ...hubDefaults },
    from: [["packages/hub/src/options.ts", "HubOptions"]],
  },
  {
    title: "Channels",
    intro:
      "Of `channels` and of each namespace in `namespaces`, in the hub's options. More: " +
      "[Keep history and recover](../how-to/history-and-recovery.md).",
    defaults: { ...channelDefaults },
    from: [["packages/hub/src/channels/channel-options.ts", "ChannelOptions"]],
  },
  {
    title: "The broker in memory",
    intro: "Of `limits` in `new MemoryBroker({ clock, randomId, limits })`.",
    defaults: { ...memoryBrokerDefaults },
    from: [["packages/hub/src/memory-broker/limits.ts", "MemoryBrokerLimits"]],
  },
  {
    title: "The HTTP API",
    intro:
      "Of `api` in the options of `serve`. More: [Speak to the server over HTTP](../how-to/server-api.md).",
    defaults: { ...apiDefaults },
    from: [["packages/tautline/src/api/options.ts", "ApiOptions"]],
  },
  {
    title: "Tokens",
    intro:
      "Of `tokens` in the options of `serve`, and of `jwtVerifier`: one such object, or one for each authority. More: " +
      "[Say who clients are](../how-to/authenticate.md).",
    defaults: { ...tokenDefaults },
    from: [["packages/tautline/src/tokens/token-options.ts", "TokenOptions"]],
  },
  {
    title: "Hooks to a backend",
    intro:
      "Of `backend` in the options of `serve`. More: [Decide in a backend](../how-to/backend-hooks.md).",
    defaults: { ...backendDefaults },
    from: [["packages/tautline/src/hooks/options.ts", "BackendOptions"]],
  },
  {
    title: "Hub clients",
    intro: "Of `new Client(url, options)`.",
    defaults: { ...clientDefaults },
    from: [
      ["packages/client/src/options.ts", "ClientOptions"],
      ["packages/client/src/options.ts", "ClientSettings"],
    ],
  },
  {
    title: "Fallback",
    intro:
      "Of `fallback(options)` of `@tautline/client/fallback`. More: [Where WebSocket cannot pass](../how-to/fallback-transports.md).",
    defaults: { ...fallbackDefaults },
    from: [["packages/client/src/fallback/fallback.ts", "FallbackOptions"]],
  },
  {
    title: "Transports over HTTP",
    intro:
      "Of `transports` in the options of `serve`, and of `options` in `new HttpTransports({ hub, options })`. More: " +
      "[Where WebSocket cannot pass](../how-to/fallback-transports.md).",
    defaults: { ...httpTransportDefaults },
    from: [["packages/tautline/src/http/options.ts", "HttpTransportOptions"]],
  },
  {
    title: "A WebSocket that comes back",
    intro: "Of `new ReconnectingWebSocket(url, protocols, options)`.",
    defaults: { ...reconnectingDefaults },
    from: [
      [reconnecting, "ReconnectingWebSocketOptions"],
      [reconnecting, "ReconnectingSettings"],
    ],
  },
];

function shown(value: unknown): string {
  if (typeof value === "number") return value.toLocaleString("en-US");
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value).map(([name, part]) => `${name} ${shown(part)}`);
    return parts.join(", ");
  }
  return value === undefined ? "" : `\`${JSON.stringify(value)}\``;
}

const membersIn = ({ from }: Section): Member[] =>
  from.flatMap(([file, name]) => membersOf(file, name));

function page(): string {
  const tables = sections.map((section) => {
    const rows = membersIn(section).map(
      ({ name, text }) => `| \`${name}\` | ${shown(section.defaults[name])} | ${text} |`,
    );
    const head = ["| option | default | what it does |", "| --- | --- | --- |"];
    return [`## ${section.title}`, "", section.intro, "", ...head, ...rows].join("\n");
  });
  return [
    "# Options",
    "",
    "Generated from the code. Times are in milliseconds and sizes in bytes where the name says so. Where the default is left " +
      "empty it is no value of its own, and the text says what holds.",
    "",
    tables.join("\n\n"),
    "",
  ].join("\n");
}

test("the page about options says what the code says", async () => {
  const formatted = await format(page(), { parser: "markdown" });
  await expect(formatted).toMatchFileSnapshot("../../docs/reference/options.md");
});

/** The number that a comment gives as the default, in bytes or milliseconds. */
function statedDefault(text: string): number | undefined {
  const [, digits, unit] = /Default:? ([\d,]+)(?: (KiB|MiB))?\b/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factors: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 * 1024 };
  return Number(digits.replaceAll(",", "")) * (factors[unit ?? ""] ?? 1);
}

describe.each(sections)("options of $title", (section) => {
  const members = membersIn(section);

  test("have comments that state the default that holds", () => {
    const wrong = members.filter(({ name, text }) => {
      const stated = statedDefault(text);
      const holds = section.defaults[name];
      return stated !== undefined && typeof holds === "number" && stated !== holds;
    });
    expect(wrong).toEqual([]);
  });

  test("stand there once", () => {
    const names = members.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });
});

test("every default belongs to an option that is documented", () => {
  const documented = new Set(sections.flatMap(membersIn).map(({ name }) => name));
  const defaults = sections.flatMap((section) => Object.keys(section.defaults));
  expect(defaults.filter((name) => !documented.has(name))).toEqual([]);
});
