/** Messages out of a server's bytes: unmasked frames (RFC 6455 §5.2), joined. Throws what is wrong with them. */

export interface Received {
  readonly opcode: number;
  readonly compressed: boolean;
  readonly payload: Buffer;
}

export class MessageReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #needed = 2;
  #fragments: Buffer[] = [];
  #opcode = 0;
  #compressed = false;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The next message or control frame that is complete, or undefined. */
  next(): Received | undefined {
    while (this.#length >= this.#needed) {
      const received = this.#takeFrame();
      if (received === "more") return undefined;
      if (received !== undefined) return received;
    }
    return undefined;
  }

  #takeFrame(): Received | "more" | undefined {
    const bytes = this.#joined();
    const [first = 0, second = 0] = bytes;
    const short = second & 127;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (second & 0x80) throw new Error("a server's frame is masked");
    if (bytes.length < header) return this.#wait(header);
    const length =
      short === 126
        ? bytes.readUInt16BE(2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(2))
          : short;
    if (bytes.length < header + length) return this.#wait(header + length);
    const payload = bytes.subarray(header, header + length);
    this.#drop(header + length);
    return this.#take(first, payload);
  }

  #take(first: number, payload: Buffer): Received | undefined {
    const opcode = first & 15;
    if (opcode >= 8) return { opcode, compressed: false, payload };
    if ((opcode === 0) !== this.#fragments.length > 0)
      throw new Error("a fragment is out of place");
    if (opcode !== 0) {
      this.#opcode = opcode;
      this.#compressed = (first & 0x40) !== 0;
    }
    this.#fragments.push(payload);
    if (!(first & 0x80)) return undefined;
    const fragments = this.#fragments;
    this.#fragments = [];
    const [only] = fragments;
    return {
      opcode: this.#opcode,
      compressed: this.#compressed,
      payload: fragments.length === 1 && only !== undefined ? only : Buffer.concat(fragments),
    };
  }

  #wait(needed: number): "more" {
    this.#needed = needed;
    return "more";
  }

  #joined(): Buffer {
    const [only] = this.#chunks;
    if (this.#chunks.length === 1 && only !== undefined) return only;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #drop(length: number): void {
    const rest = this.#joined().subarray(length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    this.#needed = 2;
  }
}
