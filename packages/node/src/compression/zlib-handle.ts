/**
 * The handle that node:zlib keeps inside its streams: one zlib stream, called step by step, on output memory that is used
 * again. It is not documented; who uses it tests it first.
 */
import { constants } from "node:zlib";

/** Output of one call. Most messages fit, and are read from here without a copy. */
export const scratchBytes = 64 * 1024;

let scratch: Uint8Array | undefined;

/** What the last step of any stream has put out stands at its beginning. */
export function outputMemory(): Uint8Array {
  scratch ??= new Uint8Array(new ArrayBuffer(scratchBytes));
  return scratch;
}

/** As far as it is used. */
interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
  reset(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

function isHandle(value: unknown): value is ZlibHandle {
  return (
    typeof value === "object" &&
    value !== null &&
    "writeSync" in value &&
    typeof value.writeSync === "function" &&
    "reset" in value &&
    typeof value.reset === "function" &&
    "onerror" in value &&
    typeof value.onerror === "function"
  );
}

/** One zlib stream, called step by step. */
export class HandleStream {
  /** Keeps the handle alive. */
  readonly #stream: { close(): void };
  readonly #handle: ZlibHandle;
  /** After a step: room left in the output, bytes left in the input. */
  readonly #left: Uint32Array;
  #failed = false;

  /** @throws TypeError where the stream does not have what is needed */
  constructor(stream: { close(): void }) {
    const handle = "_handle" in stream ? stream._handle : undefined;
    const left = "_writeState" in stream ? stream._writeState : undefined;
    if (!isHandle(handle) || !(left instanceof Uint32Array) || left.length < 2) {
      throw new TypeError("zlib streams are not made as they used to be");
    }
    this.#stream = stream;
    this.#handle = handle;
    this.#left = left;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a property that zlib calls, no event
    handle.onerror = () => {
      this.#failed = true;
    };
  }

  /** Room left in the output by the last step. */
  get outputLeft(): number {
    return this.#left[0] ?? 0;
  }

  /** Bytes of input left by the last step. */
  get inputLeft(): number {
    return this.#left[1] ?? 0;
  }

  /** Does what zlib does with `input[at, end)` and this much room; false when it reports an error. */
  step(flush: number, input: Uint8Array, at: number, room: number): boolean {
    const { byteLength } = input;
    this.#handle.writeSync(flush, input, at, byteLength - at, outputMemory(), 0, room);
    return !this.#failed;
  }

  reset(): void {
    this.#failed = false;
    this.#handle.reset();
  }

  /** For a stream that inflates: starts anew, where `history` may be referred to. */
  begin(history: Uint8Array): void {
    this.reset();
    if (history.byteLength === 0) return;
    this.step(constants.Z_NO_FLUSH, storedBlockHeader(history), 0, scratchBytes);
    this.step(constants.Z_NO_FLUSH, history, 0, scratchBytes);
  }

  close(): void {
    this.#stream.close();
  }
}

/** A block of `history` as it is (RFC 1951 §3.2.4): inflating it leaves a decompressor with this history. */
function storedBlockHeader({ byteLength }: Uint8Array): Uint8Array {
  const low = byteLength & 0xff;
  const high = byteLength >> 8;
  return Uint8Array.of(0, low, high, low ^ 0xff, high ^ 0xff);
}
