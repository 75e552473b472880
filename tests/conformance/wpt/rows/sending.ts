/** Messages of all kinds there and back, and `bufferedAmount` meanwhile. */
import { Blob } from "node:buffer";
import { expect } from "vitest";
import { event, thrown } from "../wpt-row.ts";
import type { Bench, Row } from "../wpt-row.ts";

type Sent = Parameters<InstanceType<Bench["WebSocket"]>["send"]>[0];

/** Sends text over an echo, looks at what waits to be sent meanwhile, and closes cleanly. */
function echoes(
  text: unknown,
  { back = String(text), bytes = Buffer.byteLength(back) } = {},
): Row["run"] {
  return async (bench) => {
    const socket = await bench.open();
    expect(socket.bufferedAmount).toBe(0);
    socket.send(text as string);
    expect(socket.bufferedAmount).toBe(bytes);
    expect((await event(socket, "message")).data).toBe(back);
    socket.close();
    expect((await event(socket, "close")).wasClean).toBe(true);
  };
}

/** Sends bytes over an echo and gets the same back, as an ArrayBuffer and as a Blob. */
function echoesBytes(make: () => ArrayBuffer | ArrayBufferView | Blob): Row["run"] {
  return async (bench) => {
    const socket = await bench.open();
    const data = make();
    const bytes = await bytesOf(data);
    for (const binaryType of ["blob", "arraybuffer"] as const) {
      socket.binaryType = binaryType;
      socket.send(data);
      expect(socket.bufferedAmount).toBe(bytes.byteLength);
      const { data: back } = await event(socket, "message");
      expect(back).toBeInstanceOf(binaryType === "blob" ? Blob : ArrayBuffer);
      // Compared as a whole, because element by element takes long.
      expect(Buffer.compare(await bytesOf(back), bytes)).toBe(0);
    }
    socket.close();
    expect((await event(socket, "close")).wasClean).toBe(true);
  };
}

async function bytesOf(data: ArrayBuffer | ArrayBufferView | Blob): Promise<Uint8Array> {
  if (data instanceof Blob) return new Uint8Array(await data.arrayBuffer());
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Eight bytes that are all different. */
function eight(): ArrayBuffer {
  return Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer;
}

/** What is changed after `send` has left unchanged. */
function isolated(make: (bytes: Uint8Array) => Uint8Array | ArrayBuffer): Row["run"] {
  return async (bench) => {
    const socket = await bench.open();
    socket.binaryType = "arraybuffer";
    const bytes = Uint8Array.of(0, 0, 0, 0, 10, 11, 12, 13);
    const sent = make(bytes);
    const expected = await bytesOf(sent);
    const copy = Uint8Array.from(expected);
    socket.send(sent);
    bytes.fill(99);
    expect(await bytesOf((await event(socket, "message")).data)).toEqual(copy);
  };
}

/** Before it is open, nothing is sent. */
function tooEarly(...texts: string[]): Row["run"] {
  return (bench) => {
    const socket = bench.socket("/");
    for (const text of texts) expect(thrown(() => socket.send(text))).toBe("InvalidStateError");
    expect(socket.bufferedAmount).toBe(0);
  };
}

const combined = "\u00E5 a\u030A \uD801\uDC7E";
const odd: readonly unknown[] = [null, undefined, 1, {}, [], () => undefined, new Error("text")];

export const sendingRows: readonly Row[] = [
  { file: "Send-0byte-data.any.js", run: echoes("") },
  { file: "Send-65K-data.any.js", run: echoes("c".repeat(65_000)) },
  { file: "Send-before-open.any.js", run: tooEarly("Message to send") },
  { file: "Send-binary-65K-arraybuffer.any.js", run: echoesBytes(() => new ArrayBuffer(65_000)) },
  { file: "Send-binary-arraybuffer.any.js", run: echoesBytes(() => new ArrayBuffer(15)) },
  {
    file: "Send-binary-arraybufferview-float16.any.js",
    // Older versions of Node.js have no Float16Array; what matters is that a view of any kind is its bytes.
    run: echoesBytes(() => {
      const Float16: unknown = Reflect.get(globalThis, "Float16Array");
      const view: unknown = Reflect.construct(typeof Float16 === "function" ? Float16 : DataView, [
        eight(),
        2,
      ]);
      return view as ArrayBufferView;
    }),
  },
  {
    file: "Send-binary-arraybufferview-float32.any.js",
    run: echoesBytes(() => Float32Array.of(0, 1.5)),
  },
  {
    file: "Send-binary-arraybufferview-float64.any.js",
    run: echoesBytes(() => Float64Array.of(0.1)),
  },
  {
    file: "Send-binary-arraybufferview-int16-offset.any.js",
    run: echoesBytes(() => new Int16Array(eight(), 2)),
  },
  {
    file: "Send-binary-arraybufferview-int32.any.js",
    run: echoesBytes(() => new Int32Array(eight())),
  },
  {
    file: "Send-binary-arraybufferview-int8.any.js",
    run: echoesBytes(() => new Int8Array(eight())),
  },
  {
    file: "Send-binary-arraybufferview-uint16-offset-length.any.js",
    run: echoesBytes(() => new Uint16Array(eight(), 2, 2)),
  },
  {
    file: "Send-binary-arraybufferview-uint32-offset.any.js",
    run: echoesBytes(() => new Uint32Array(eight(), 4)),
  },
  {
    file: "Send-binary-arraybufferview-uint8-offset-length.any.js",
    run: echoesBytes(() => new Uint8Array(eight(), 2, 4)),
  },
  {
    file: "Send-binary-arraybufferview-uint8-offset.any.js",
    run: echoesBytes(() => new Uint8Array(eight(), 2)),
  },
  {
    file: "Send-binary-blob.any.js",
    run: echoesBytes(() => new Blob(["\0".repeat(65_000)])),
  },
  { file: "Send-data.any.js", run: echoes("Message to send") },
  { file: "Send-data.worker.js", run: echoes("Message to send") },
  { file: "Send-null.any.js", run: echoes(null) },
  { file: "Send-paired-surrogates.any.js", run: echoes("\uD801\uDC07", { bytes: 4 }) },
  { file: "Send-unicode-data.any.js", run: echoes("\u00A5".repeat(6), { bytes: 12 }) },
  { file: "Send-unpaired-surrogates.any.js", run: echoes("\uD807", { back: "\uFFFD" }) },
  { file: "binary/001.html", run: echoesBytes(() => new ArrayBuffer(10)) },
  { file: "binary/002.html", run: echoesBytes(() => new ArrayBuffer(100_000)) },
  { file: "binary/004.html", run: echoesBytes(() => new ArrayBuffer(100_000)) },
  { file: "binary/005.html", run: echoesBytes(() => new ArrayBuffer(10)) },
  {
    file: "binaryType-wrong-value.any.js",
    run: async (bench) => {
      const socket = await bench.open();
      Reflect.set(socket, "binaryType", "notBlobOrArrayBuffer");
      expect(socket.binaryType).toBe("blob");
      socket.binaryType = "arraybuffer";
      Reflect.set(socket, "binaryType", "BLOB");
      expect(socket.binaryType).toBe("arraybuffer");
    },
  },
  {
    file: "bufferedAmount-unchanged-by-sync-xhr.any.js",
    run: async (bench) => {
      const socket = await bench.open();
      socket.send("hello");
      expect(socket.bufferedAmount).toBe(5);
      // The script holds the event loop up, as a synchronous request does in a page.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      expect(socket.bufferedAmount).toBe(5);
      await event(socket, "message");
      expect(socket.bufferedAmount).toBe(0);
    },
  },
  ...[125, 126, 0xffff, 0x1_0000].map((size): Row => ({
    file: "extended-payload-length.html",
    name: `${size}`,
    run: echoes("a".repeat(size)),
  })),
  { file: "send-data-isolation.sub.html", name: "view", run: isolated((bytes) => bytes) },
  {
    file: "send-data-isolation.sub.html",
    name: "buffer",
    run: isolated((bytes) => bytes.buffer as ArrayBuffer),
  },
  {
    file: "send-data-isolation.sub.html",
    name: "part",
    run: isolated((bytes) => bytes.subarray(4)),
  },
  {
    file: "send-many-64K-messages-with-backpressure.any.js",
    run: async (bench) => {
      const socket = await bench.open("/receive-many-with-backpressure");
      const message = new Uint8Array(65_536);
      let answers = 0;
      socket.onmessage = ({ data }) => {
        expect(data).toBe("65536");
        answers += 1;
        if (answers === 50) socket.close();
      };
      for (let count = 0; count < 50; count += 1) socket.send(message);
      expect((await event(socket, "close")).wasClean).toBe(true);
      expect(answers).toBe(50);
    },
  },
  {
    file: "interfaces/WebSocket/send/001.html",
    run: (bench) => {
      const socket = bench.socket("/");
      expect(thrown(() => Reflect.apply(socket.send, socket, []))).toBe("TypeError");
    },
  },
  {
    file: "interfaces/WebSocket/send/002.html",
    once: true,
    run: (bench) => {
      const socket = bench.socket("/");
      Reflect.set(socket, "send", 5);
      expect(socket.send).toBe(5);
    },
  },
  { file: "interfaces/WebSocket/send/003.html", run: tooEarly("a") },
  {
    file: "interfaces/WebSocket/send/004.html",
    run: tooEarly("a\uDC00x", "a\uD800x", "a\uDC00\uD800x"),
  },
  {
    file: "interfaces/WebSocket/send/005.html",
    run: async (bench) => expect((await bench.open()).send("test")).toBe(undefined),
  },
  {
    file: "interfaces/WebSocket/send/006.html",
    run: echoes("a\uDC00xb\uD800xc\uDC00\uD800x", { back: "a\uFFFDxb\uFFFDxc\uFFFD\uFFFDx" }),
  },
  {
    file: "interfaces/WebSocket/send/007.html",
    run: async (bench) => {
      const socket = await bench.open();
      socket.onmessage = () => expect.unreachable();
      socket.close();
      expect(socket.send("test")).toBe(undefined);
      expect(socket.bufferedAmount).toBe(4);
      await event(socket, "close");
      // It does not fall any more.
      expect(socket.bufferedAmount).toBe(4);
    },
  },
  {
    file: "interfaces/WebSocket/send/008.html",
    run: async (bench) => {
      const socket = await bench.open("/echo_exit");
      socket.send("Goodbye");
      await event(socket, "close");
      expect(socket.send("test")).toBe(undefined);
      expect(socket.bufferedAmount).toBe(4);
    },
  },
  {
    file: "interfaces/WebSocket/send/009.html",
    run: async (bench) => {
      const socket = await bench.open("/empty-message");
      socket.send("");
      expect((await event(socket, "message")).data).toBe("pass");
    },
  },
  ...odd.map((value): Row => ({
    file: "interfaces/WebSocket/send/010.html",
    name: Object.prototype.toString.call(value),
    run: echoes(value),
  })),
  {
    file: "interfaces/WebSocket/send/010.html",
    name: "itself",
    run: async (bench) => {
      const socket = await bench.open();
      socket.send(socket as unknown as Sent);
      expect((await event(socket, "message")).data).toBe("[object WebSocket]");
    },
  },
  { file: "interfaces/WebSocket/send/011.html", run: echoes(combined) },
  { file: "interfaces/WebSocket/send/012.html", run: echoes(null) },
  ...["arraybuffer", "blob"].map((kind): Row => ({
    file: `interfaces/WebSocket/bufferedAmount/bufferedAmount-${kind}.html`,
    run: echoesBytes(() => (kind === "blob" ? new Blob(["x".repeat(10)]) : new ArrayBuffer(10))),
  })),
  {
    file: "interfaces/WebSocket/bufferedAmount/bufferedAmount-getting.html",
    run: async (bench) => {
      const socket = await bench.open();
      const texts = ["x", "\u00E5", "\u5336", "\uD801\uDC7E"];
      let sum = 0;
      for (const text of texts) {
        socket.send(text);
        sum += Buffer.byteLength(text);
        expect(socket.bufferedAmount).toBe(sum);
      }
      const seen: unknown[] = [];
      await new Promise<void>((resolve) => {
        socket.onmessage = ({ data }) => {
          seen.push(data);
          sum -= Buffer.byteLength(String(data));
          expect(socket.bufferedAmount).toBeLessThanOrEqual(sum);
          if (sum === 0) resolve();
        };
      });
      expect(seen).toEqual(texts);
    },
  },
  {
    file: "interfaces/WebSocket/bufferedAmount/bufferedAmount-large.html",
    run: echoes("x".repeat(65_000)),
  },
  {
    file: "interfaces/WebSocket/bufferedAmount/bufferedAmount-unicode.html",
    run: echoes("\u00A5".repeat(6), { bytes: 12 }),
  },
];
