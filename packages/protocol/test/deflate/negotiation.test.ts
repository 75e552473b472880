/**
 * RFC 7692 §5 and §7.1: offers, answers, and what both put in force, through the handshake as a peer sees it.
 */
import type { CompressionOptions, Extension, Role } from "@tautline/protocol";
import {
  ClientHandshake,
  CompressionPool,
  HeaderList,
  PermessageDeflate,
  acceptHandshake,
  acceptKey,
  openTransform,
  parseExtensionList,
} from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { deterministicPlatform } from "../deterministic-platform.ts";
import { testExtension } from "../handshake/test-extension.ts";
import { testCodec } from "./test-codec.ts";

const platform = deterministicPlatform();

function extension(role: Role, options: CompressionOptions = {}): PermessageDeflate {
  return new PermessageDeflate(role, options, {
    pool: new CompressionPool(testCodec()),
    platform,
  });
}

/** What a server with `options` answers to `offers`; "" when it declines. */
function answer(
  offers: string,
  options: CompressionOptions = {},
  others: readonly Extension[] = [],
): string {
  const request = {
    method: "GET",
    target: "/",
    httpVersion: "1.1",
    headers: new HeaderList(
      Object.entries({
        Host: "a",
        Upgrade: "websocket",
        Connection: "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Extensions": offers,
      }).flat(),
    ),
  };
  const extensions = [extension("server", options), ...others];
  const result = acceptHandshake(request, { extensions }, platform);
  if (!result.accepted) return "refused";
  const [, value = ""] =
    result.response.headers.find(([name]) => name === "Sec-WebSocket-Extensions") ?? [];
  return value;
}

/** The server's settings that add nothing to what a client asks for. */
const open: CompressionOptions = { contextTakeover: true, peerContextTakeover: true };

describe("a server's answer", () => {
  const rows: readonly {
    name: string;
    rfc: readonly string[];
    offers: string;
    options?: CompressionOptions;
    answer: string;
  }[] = [
    {
      name: "accepts the plain offer with its defaults: nobody's context is taken over",
      rfc: ["RFC7692-5-2", "RFC7692-7.1.1.1-2", "RFC7692-7.1.1.2-2"],
      offers: "permessage-deflate",
      answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    },
    {
      name: "accepts a browser's offer",
      rfc: ["RFC7692-5-2"],
      offers: "permessage-deflate; client_max_window_bits",
      answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    },
    {
      name: "says nothing more where both may take over",
      rfc: ["RFC7692-5-2"],
      offers: "permessage-deflate; client_max_window_bits",
      options: open,
      answer: "permessage-deflate",
    },
    {
      name: "confirms server_no_context_takeover",
      rfc: ["RFC7692-7.1.1.1-1"],
      offers: "permessage-deflate; server_no_context_takeover",
      options: open,
      answer: "permessage-deflate; server_no_context_takeover",
    },
    {
      name: "makes a hint of client_no_context_takeover certain",
      rfc: ["RFC7692-7.1.1.2-2"],
      offers: "permessage-deflate; client_no_context_takeover",
      options: open,
      answer: "permessage-deflate; client_no_context_takeover",
    },
    {
      name: "gives its own window although the client did not ask",
      rfc: ["RFC7692-7.1.2.1-3"],
      offers: "permessage-deflate",
      options: { ...open, windowBits: 12 },
      answer: "permessage-deflate; server_max_window_bits=12",
    },
    {
      name: "takes the smaller of both server windows: its own",
      rfc: ["RFC7692-7.1.2.1-2"],
      offers: "permessage-deflate; server_max_window_bits=14",
      options: { ...open, windowBits: 12 },
      answer: "permessage-deflate; server_max_window_bits=12",
    },
    {
      name: "confirms even the largest server window when it was offered",
      rfc: ["RFC7692-7.1.2.1-2"],
      offers: "permessage-deflate; server_max_window_bits=15",
      options: open,
      answer: "permessage-deflate; server_max_window_bits=15",
    },
    {
      name: "does not limit a client that does not offer to be limited",
      rfc: ["RFC7692-7.1.2.2-1"],
      offers: "permessage-deflate",
      options: { ...open, peerWindowBits: 9 },
      answer: "permessage-deflate",
    },
    {
      name: "limits a client that lets itself be limited",
      rfc: ["RFC7692-7.1.2.2-2"],
      offers: "permessage-deflate; client_max_window_bits",
      options: { ...open, peerWindowBits: 9 },
      answer: "permessage-deflate; client_max_window_bits=9",
    },
    {
      name: "takes the smaller of both client windows: its own",
      rfc: ["RFC7692-7.1.2.2-2"],
      offers: "permessage-deflate; client_max_window_bits=11",
      options: { ...open, peerWindowBits: 9 },
      answer: "permessage-deflate; client_max_window_bits=9",
    },
    {
      name: "reads quoted values as the tokens they are",
      rfc: ["RFC6455-9.1-2", "RFC7692-7.1.2-1"],
      offers: 'permessage-deflate; server_max_window_bits="8"; client_max_window_bits="1\\0"',
      options: open,
      answer: "permessage-deflate; server_max_window_bits=8; client_max_window_bits=10",
    },
    {
      name: "takes the first of several offers that is in order",
      rfc: ["RFC7692-5-3", "RFC7692-7-1"],
      offers:
        "permessage-deflate; server_max_window_bits=7, " +
        "permessage-deflate; server_max_window_bits=10, permessage-deflate",
      options: open,
      answer: "permessage-deflate; server_max_window_bits=10",
    },
    {
      name: "takes the first of several that are all in order",
      rfc: ["RFC7692-5-3"],
      offers: "permessage-deflate; client_no_context_takeover, permessage-deflate",
      options: open,
      answer: "permessage-deflate; client_no_context_takeover",
    },
    {
      name: "declines what it does not know, and an extension of another name",
      rfc: ["RFC7692-7-1"],
      offers: "x-webkit-deflate-frame, permessage-bzip2, permessage-deflate; mystery",
      answer: "",
    },
  ];

  test.each(rows)("$name [$rfc]", (row) => {
    expect(answer(row.offers, row.options)).toBe(row.answer);
  });

  const sizes = ["8", "9", "10", "11", "12", "13", "14", "15"];

  test.each(sizes)("honours an offered window of %s bits both ways [RFC7692-7.1.2-1]", (bits) => {
    const both = `server_max_window_bits=${bits}; client_max_window_bits=${bits}`;
    const expected = bits === "15" ? "server_max_window_bits=15" : both;
    expect(answer(`permessage-deflate; ${both}`, open)).toBe(`permessage-deflate; ${expected}`);
  });

  const wrongBits = ["7", "16", "1000", "08", "+8", "8.0", "-1", "0", "8a", "eight", "٨", "0x8"];

  test.each(["server_max_window_bits", "client_max_window_bits"])(
    "%s that is no number from 8 to 15 is declined [RFC7692-7.1.2-1, RFC7692-7-1, RFC7692-7.1.2.1-1]",
    (name) => {
      const taken = wrongBits.filter(
        (bits) => !["", "refused"].includes(answer(`permessage-deflate; ${name}=${bits}`)),
      );
      expect(taken).toEqual([]);
    },
  );

  test.each(["permessage-deflate; server_max_window_bits=", 'permessage-deflate; x=""'])(
    "an offer that is no offer is refused: %s [RFC6455-9.1-1]",
    (offer) => {
      expect(answer(offer)).toBe("refused");
    },
  );

  const wrong = [
    "server_max_window_bits",
    "server_no_context_takeover=1",
    "client_no_context_takeover=true",
    "server_no_context_takeover; server_no_context_takeover",
    "client_no_context_takeover; client_no_context_takeover",
    "server_max_window_bits=10; server_max_window_bits=10",
    "client_max_window_bits; client_max_window_bits",
    "client_max_window_bits; client_max_window_bits=10",
    "__proto__",
    "constructor",
    "toString=8",
    "hasOwnProperty",
    "Server_No_Context_Takeover",
  ];

  test.each(wrong)("declines an offer with %s [RFC7692-7-1]", (parameters) => {
    expect(answer(`permessage-deflate; ${parameters}`)).toBe("");
  });
});

/** What is in force for a client with `options` after `answer`, or `undefined` when the answer breaks the offer. */
function confirmed(answered: string, options: CompressionOptions = {}): string | undefined {
  const [element] = parseExtensionList(answered) ?? [];
  if (element === undefined) throw new Error("an answer that cannot be parsed");
  const parameters = extension("client", options).confirm(element);
  if (parameters === undefined) return undefined;
  return [...parameters]
    .map(([name, value]) => (value === true ? name : `${name}=${value}`))
    .join("; ");
}

describe("a client's offer", () => {
  const rows: readonly { options?: CompressionOptions; offer: string; rfc: string }[] = [
    { offer: "client_max_window_bits", rfc: "RFC7692-5-1" },
    { options: { windowBits: 10 }, offer: "client_max_window_bits=10", rfc: "RFC7692-7.1.2.2-3" },
    {
      options: { peerWindowBits: 8 },
      offer: "server_max_window_bits=8; client_max_window_bits",
      rfc: "RFC7692-7.1.2-1",
    },
    {
      options: { contextTakeover: false, peerContextTakeover: false },
      offer: "server_no_context_takeover; client_no_context_takeover; client_max_window_bits",
      rfc: "RFC7692-5-1",
    },
  ];

  test.each(rows)("is $offer [$rfc]", ({ options = {}, offer }) => {
    const [parameters = new Map<string, string | true>(), ...more] = extension(
      "client",
      options,
    ).offers();
    const text = [...parameters].map(([name, value]) =>
      value === true ? name : `${name}=${value}`,
    );
    expect([text.join("; "), more]).toEqual([offer, []]);
  });
});

describe("a client judges the answer", () => {
  const good: readonly [name: string, answer: string, options?: CompressionOptions][] = [
    ["nothing more [RFC7692-5-2]", ""],
    [
      "what it did not ask for [RFC7692-7.1.1.1-2, RFC7692-7.1.1.2-1]",
      "server_no_context_takeover; client_no_context_takeover",
    ],
    ["a server window it did not ask for [RFC7692-7.1.2.1-3]", "server_max_window_bits=8"],
    [
      "a smaller server window than it asked for [RFC7692-7.1.2.1-2]",
      "server_max_window_bits=9",
      { peerWindowBits: 10 },
    ],
    ["a window for itself [RFC7692-7.1.2.2-2]", "client_max_window_bits=8"],
    ["its own window [RFC7692-7.1.2.2-2]", "client_max_window_bits=10", { windowBits: 10 }],
    ["nothing on its own window", "", { windowBits: 10 }],
    [
      "that its demand is met [RFC7692-7.1.1.1-1]",
      "server_no_context_takeover",
      { peerContextTakeover: false },
    ],
  ];

  test.each(good)("and takes %s", (_, parameters, options) => {
    const text = parameters === "" ? "" : `; ${parameters}`;
    expect(confirmed(`permessage-deflate${text}`, options)).toBe(parameters);
  });

  const bad: readonly [name: string, answer: string, options?: CompressionOptions][] = [
    ["an unknown parameter", "mystery"],
    ["a parameter twice", "server_no_context_takeover; server_no_context_takeover"],
    ["a flag with a value", "client_no_context_takeover=yes"],
    ["a server window without a value", "server_max_window_bits"],
    ["a server window out of range", "server_max_window_bits=16"],
    ["its own window without a value", "client_max_window_bits"],
    ["its own window out of range", "client_max_window_bits=7"],
    ["a larger window than it offered", "client_max_window_bits=11", { windowBits: 10 }],
    [
      "a larger server window than it can take",
      "server_max_window_bits=11",
      { peerWindowBits: 10 },
    ],
    ["no server window where it needs one", "", { peerWindowBits: 10 }],
    ["that its demand is ignored", "", { peerContextTakeover: false }],
  ];

  test.each(bad)("and refuses %s [RFC7692-7-2]", (_, parameters, options) => {
    const text = parameters === "" ? "" : `; ${parameters}`;
    expect(confirmed(`permessage-deflate${text}`, options)).toBeUndefined();
  });
});

describe("an extension that needs RSV1 too", () => {
  const other = testExtension({ name: "permessage-other", reservedBits: 4 });

  test("is not accepted together with it [RFC7692-5-4]", () => {
    expect(answer("permessage-other, permessage-deflate", {}, [other])).toBe("permessage-other");
    expect(answer("permessage-deflate, permessage-other", open, [other])).toBe(
      "permessage-deflate",
    );
  });

  test("fails the connection of a client to which both are accepted [RFC7692-5-5]", () => {
    expect(confirmedBeside(other)).toMatchObject(refused);
  });
});

describe("an extension that transforms messages too", () => {
  const other = testExtension({ name: "permessage-other", reservedBits: 2, transforms: true });

  test("is not accepted together with it [RFC7692-5-6]", () => {
    expect(answer("permessage-other, permessage-deflate", {}, [other])).toBe("permessage-other");
  });

  test("fails the connection of a client to which both are accepted [RFC7692-5-7]", () => {
    expect(confirmedBeside(other)).toMatchObject(refused);
  });
});

/** What a client makes of a response that accepts compression and `other` behind it. */
function confirmedBeside(other: Extension): unknown {
  const handshake = new ClientHandshake({
    host: "a",
    target: "/",
    secure: false,
    platform,
    extensions: [extension("client"), other],
  });
  const key = /Sec-WebSocket-Key: (\S+)/.exec(Buffer.from(handshake.request).toString())?.[1];
  const response = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptKey(key ?? "", platform)}`,
    `Sec-WebSocket-Extensions: permessage-deflate, ${other.name}`,
    "\r\n",
  ].join("\r\n");
  return handshake.receive(new TextEncoder().encode(response));
}

const refused = { state: "failed", error: { code: "HANDSHAKE_EXTENSIONS" } };

test("an extension that does not touch messages leaves them alone", () => {
  const other = testExtension({ name: "x-mute" });
  expect(openTransform([{ extension: other, parameters: new Map() }])).toBeUndefined();
  expect(openTransform([])).toBeUndefined();
  const deflate = { extension: extension("server"), parameters: new Map() };
  expect(openTransform([deflate])?.reservedBits).toBe(4);
});

test("parameters that were never agreed on count as none", () => {
  expect(extension("client").open(new Map([["mystery", true]])).reservedBits).toBe(4);
});
