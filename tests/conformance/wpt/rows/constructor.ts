/** What the constructor takes and refuses, and the opening handshake behind it. */
import { expect } from "vitest";
import { event, story, thrown, turn } from "../wpt-row.ts";
import type { Bench, Row } from "../wpt-row.ts";

/** Opens with `protocols` and closes cleanly. */
function opens(protocols?: string | string[], protocol = ""): Row["run"] {
  return async (bench) => {
    const socket = bench.socket("/echo", protocols);
    const { protocol: before } = socket;
    await event(socket, "open");
    expect(socket.readyState).toBe(1);
    expect([before, socket.protocol]).toEqual(["", protocol]);
    socket.close();
    expect((await event(socket, "close")).wasClean).toBe(true);
  };
}

/** The constructor throws for these protocols. */
function refusesProtocols(...protocols: (string | string[])[]): Row["run"] {
  return (bench) => {
    for (const given of protocols) {
      expect(thrown(() => new bench.WebSocket(bench.url("/echo"), given))).toBe("SyntaxError");
    }
  };
}

/** The constructor takes it, and gives this URL. */
function keepsUrl(bench: Bench, given: string, url: string): void {
  expect(bench.keep(new bench.WebSocket(given)).url).toBe(url);
}

async function fails(bench: Bench, path: string, protocols?: string): Promise<void> {
  const socket = bench.socket(path, protocols);
  const { types, close } = await story(socket);
  expect(types).toEqual(["error", "close"]);
  expect(close).toMatchObject({ wasClean: false, code: 1006, reason: "" });
}

function tellsProtocol(path: string, protocols: string | string[]): Row["run"] {
  return async (bench) => {
    const socket = bench.socket(path, protocols);
    expect((await event(socket, "message")).data).toBe("foobar");
    expect(socket.protocol).toBe("foobar");
    socket.close();
    expect((await event(socket, "close")).wasClean).toBe(true);
  };
}

const controls = Array.from({ length: 31 }, (_, code) => `a${String.fromCharCode(code + 1)}b`);
const highs = Array.from({ length: 0x81 }, (_, code) => `a${String.fromCharCode(code + 0x7f)}b`);

const blockedPorts = [
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
];

/** Has the program stand in for a page at `href`. */
function onPage(href: string, visit: () => void): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, "location");
  Object.defineProperty(globalThis, "location", { value: { href }, configurable: true });
  try {
    visit();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, "location");
    else Object.defineProperty(globalThis, "location", before);
  }
}

function resolvesOnPage(bench: Bench, inputs: readonly unknown[]): void {
  const page = bench.url("/folder/page");
  onPage(page, () => {
    for (const input of inputs) keepsUrl(bench, input as string, new URL(String(input), page).href);
  });
}

export const constructorRows: readonly Row[] = [
  { file: "Create-asciiSep-protocol-string.any.js", once: true, run: refusesProtocols("/echo") },
  {
    file: "Create-nonAscii-protocol-string.any.js",
    once: true,
    run: refusesProtocols("\u0080echo"),
  },
  { file: "Create-protocol-with-space.any.js", once: true, run: refusesProtocols("ec ho") },
  {
    file: "Create-protocols-repeated-case-insensitive.any.js",
    once: true,
    run: refusesProtocols(["echo", "eCho"]),
  },
  { file: "Create-protocols-repeated.any.js", once: true, run: refusesProtocols(["echo", "echo"]) },
  {
    file: "Create-blocked-port.any.js",
    once: true,
    run: async (bench) => {
      await bench.open();
      for (const port of blockedPorts) {
        const socket = bench.keep(new bench.WebSocket(`ws://127.0.0.1:${port}/echo`));
        expect((await story(socket)).types).toEqual(["error", "close"]);
      }
    },
  },
  {
    file: "Create-extensions-empty.any.js",
    run: async (bench) => {
      const socket = await bench.open("/handshake_no_extensions");
      expect(socket.extensions).toBe("");
    },
  },
  {
    file: "Create-http-urls.any.js",
    once: true,
    run: (bench) => {
      const { host } = new URL(bench.url("/"));
      keepsUrl(bench, `http://${host}/`, `ws://${host}/`);
      keepsUrl(bench, `https://${host}/`, `wss://${host}/`);
    },
  },
  ...[
    "ws://foo bar.com/",
    "wss://foo bar.com/",
    "ftp://127.0.0.1/",
    "mailto:example@example.org",
    "about:blank",
    "http://127.0.0.1/#",
    "http://127.0.0.1/#test",
    "#test",
  ].map((url): Row => ({
    file: "Create-invalid-urls.any.js",
    name: url,
    once: true,
    run: (bench) => expect(thrown(() => new bench.WebSocket(url))).toBe("SyntaxError"),
  })),
  {
    file: "Create-non-absolute-url.any.js",
    run: (bench) => resolvesOnPage(bench, ["test", "?", null, 123]),
  },
  {
    file: "Create-url-with-space.any.js",
    once: true,
    run: (bench) => {
      expect(thrown(() => new bench.WebSocket("ws://web platform.test:80/echo"))).toBe(
        "SyntaxError",
      );
    },
  },
  {
    file: "Create-url-with-windows-1252-encoding.html",
    run: (bench) => {
      keepsUrl(bench, bench.url("/?\u20AC"), bench.url("/?%E2%82%AC"));
      onPage(bench.url("/"), () => keepsUrl(bench, "/?\u20AC", bench.url("/?%E2%82%AC")));
    },
  },
  { file: "Create-valid-url-array-protocols.any.js", run: opens(["echo", "chat"], "echo") },
  {
    file: "Create-valid-url-binaryType-blob.any.js",
    run: async (bench) => expect((await bench.open()).binaryType).toBe("blob"),
  },
  {
    file: "Create-valid-url-protocol-empty.any.js",
    run: (bench) => expect(bench.socket("/echo", "echo").protocol).toBe(""),
  },
  { file: "Create-valid-url-protocol-setCorrectly.any.js", run: opens("echo", "echo") },
  { file: "Create-valid-url-protocol-string.any.js", run: opens("echo", "echo") },
  { file: "Create-valid-url-protocol.any.js", run: opens("echo", "echo") },
  { file: "Create-valid-url.any.js", run: opens() },
  {
    file: "basic-auth.any.js",
    run: async (bench) => {
      const url = bench.url("/basic_auth").replace("://", "://foo:bar@");
      const socket = bench.keep(new bench.WebSocket(url));
      await event(socket, "open");
      expect(socket.url).toBe(url);
    },
  },
  {
    file: "constructor.any.js",
    run: (bench) => {
      const socket: unknown = Reflect.construct(bench.WebSocket, [
        bench.url("/echo"),
        "echo",
        "stray",
      ]);
      expect(socket).toBeInstanceOf(bench.WebSocket);
      bench.keep(socket as InstanceType<Bench["WebSocket"]>);
    },
  },
  {
    file: "constructor/001.html",
    once: true,
    run: (bench) => expect(thrown(() => Reflect.construct(bench.WebSocket, []))).toBe("TypeError"),
  },
  {
    file: "constructor/004.html",
    once: true,
    run: refusesProtocols("", ...controls, ...highs),
  },
  {
    file: "constructor/005.html",
    once: true,
    run: (bench) => expect(bench.socket("/empty-message")).toBeInstanceOf(bench.WebSocket),
  },
  {
    file: "constructor/006.html",
    run: async (bench) => {
      const href = bench.url("/echo");
      const stringifies = { toString: () => href };
      const socket = bench.keep(new bench.WebSocket(stringifies as URL));
      expect(socket.url).toBe(href);
      await event(socket, "open");
      socket.send("test");
      expect((await event(socket, "message")).data).toBe("test");
    },
  },
  { file: "constructor/007.html", once: true, run: refusesProtocols("a\0b") },
  {
    file: "constructor/008.html",
    once: true,
    run: (bench) => {
      for (const url of ["ws://127.0.0.1:80/", "ws://127.0.0.1:443/", "wss://127.0.0.1:80/"]) {
        bench.keep(new bench.WebSocket(url));
      }
    },
  },
  { file: "constructor/009.html", run: tellsProtocol("/protocol", "foobar") },
  { file: "constructor/010.html", run: (bench) => fails(bench, "/handshake_protocol") },
  { file: "constructor/011.html", run: (bench) => fails(bench, "/handshake_protocol", "FOOBAR") },
  {
    file: "constructor/012.html",
    run: (bench) => fails(bench, "/handshake_no_protocol", "foobar"),
  },
  {
    file: "constructor/013.html",
    run: async (bench) => {
      const stories = Array.from({ length: 25 }, async (_, id) => {
        const socket = bench.socket();
        socket.onopen = () => socket.send(`${id}`);
        socket.onmessage = ({ data }) => {
          expect(data).toBe(`${id}`);
          socket.close();
        };
        return (await story(socket)).types;
      });
      for (const types of await Promise.all(stories)) {
        expect(types).toEqual(["open", "message", "close"]);
      }
    },
  },
  {
    file: "constructor/014.html",
    run: async (bench) => {
      const sockets = [bench.socket("/handshake_sleep"), bench.socket("/handshake_sleep")];
      const opened = sockets.map((socket) => event(socket, "open"));
      await bench.server.held();
      // A second handshake would be there within some turns, on the same machine.
      for (let turns = 0; turns < 20; turns += 1) await turn();
      expect(bench.server.holding).toBe(1);
      bench.server.release();
      await bench.server.held();
      bench.server.release();
      await Promise.all(opened);
    },
  },
  {
    file: "constructor/016.html",
    run: async (bench) => {
      const socket = bench.socket("/echo-query?\u00E5\u00E4\u00F6");
      expect((await event(socket, "message")).data).toBe("%C3%A5%C3%A4%C3%B6");
    },
  },
  {
    file: "constructor/017.html",
    run: (bench) => {
      for (const slashes of ["", "/"]) {
        keepsUrl(bench, bench.url("/echo").replace("//", slashes), bench.url("/echo"));
      }
    },
  },
  {
    file: "constructor/018.html",
    run: async (bench) => {
      // A NUL at the end is stripped, as all control characters there.
      const socket = bench.socket("/echo-query?x\u0000y\u0000");
      expect((await event(socket, "message")).data).toBe("x%00y");
    },
  },
  {
    file: "constructor/019.html",
    run: async (bench) => {
      const upper = bench.url("/echo").replace(/^\w+/, (scheme) => scheme.toUpperCase());
      await event(bench.keep(new bench.WebSocket(upper)), "open");
    },
  },
  {
    file: "constructor/020.html",
    run: (bench) => {
      const { port, protocol } = new URL(bench.url("/"));
      keepsUrl(bench, `${protocol}//LOCALHOST:${port}/echo`, `${protocol}//localhost:${port}/echo`);
    },
  },
  { file: "constructor/021.html", once: true, run: refusesProtocols(["foobar, foobar"]) },
  { file: "constructor/022.html", run: tellsProtocol("/protocol_array", ["foobar", "foobar2"]) },
  {
    file: "constructor/option-bag.any.js",
    name: "empty",
    run: async (bench) => {
      await event(bench.keep(new bench.WebSocket(bench.url("/echo"), {})), "open");
    },
  },
  {
    file: "constructor/option-bag.any.js",
    name: "protocols",
    run: async (bench) => {
      const socket = new bench.WebSocket(bench.url("/protocol_array"), {
        protocols: ["foobar", "b"],
      });
      expect((await event(bench.keep(socket), "message")).data).toBe("foobar");
    },
  },
  ...[
    ["/protocol_array", undefined, ""],
    ["/echo", "echo", "echo"],
    ["/echo", ["echo"], "echo"],
  ].map(([path, protocols, protocol]): Row => ({
    file: "constructor/third-param-ignored.any.js",
    name: JSON.stringify(protocols) ?? "none",
    run: async (bench) => {
      const args = [bench.url(String(path)), protocols, {}];
      const socket = bench.keep(Reflect.construct(bench.WebSocket, args));
      await event(socket, "open");
      expect(socket.protocol).toBe(protocol);
    },
  })),
  {
    file: "opening-handshake/001.html",
    run: (bench) => fails(bench, "/invalid"),
  },
  { file: "opening-handshake/002.html", run: opens() },
  {
    file: "opening-handshake/003.html",
    run: async (bench) => {
      const socket = await bench.open();
      socket.send("x");
      expect((await event(socket, "message")).origin).toBe(bench.server.origin);
    },
  },
  {
    file: "opening-handshake/005.html",
    run: async (bench) => {
      const socket = bench.socket("/simple_handshake");
      socket.onopen = () => socket.close();
      const { types, close } = await story(socket);
      expect(types).toEqual(["open", "close"]);
      expect(close).toMatchObject({ wasClean: true, code: 1001, reason: "PASS" });
    },
  },
  {
    file: "opening-handshake/006.html",
    run: async (bench) => {
      for (const path of ["/invalid1", "/invalid", "/nothing-here"]) await fails(bench, path);
      await opens()(bench);
    },
  },
  { file: "opening-handshake/received-301-code.html", run: (bench) => fails(bench, "/redirect") },
  {
    file: "referrer.any.js",
    run: async (bench) => {
      expect((await event(bench.socket("/referrer"), "message")).data).toBe("none");
    },
  },
  { file: "security/001.html", run: (bench) => fails(bench, "/wrong_accept_key") },
];
