/**
 * The sender of an open connection: what `ws`'s own does, over the engine. Frames that are made already, and those that
 * are masked against the rule, go out as they are; all else is the engine's to frame.
 */
import type { PreparedMessage } from "@tautline/node";
import type { Opcode } from "@tautline/protocol";
import type { Duplex } from "node:stream";
import type { Link } from "./link.ts";
import { isBlob, toBuffer } from "./payload.ts";
import type { PerMessageDeflate } from "./per-message-deflate.ts";
import { Sender } from "./sender.ts";
import type { Outgoing, SendCallback } from "./sender.ts";
import type { WholeForm } from "./whole-form.ts";

const closeOpcode = 8;
const pingOpcode = 9;
const pongOpcode = 10;

export class LinkSender extends Sender {
  readonly #link: Link;

  constructor(
    link: Link,
    socket: Duplex,
    extensions: Record<string, PerMessageDeflate | undefined>,
  ) {
    super(socket, extensions);
    this.#link = link;
  }

  override get _socket(): Duplex {
    return this.#link.stream();
  }

  /** As `send` for a whole message that is masked as its side has to: the way of nearly all. */
  sendWhole(data: unknown, form: WholeForm, cb: SendCallback | undefined): void {
    const link = this.#link;
    if (!this.idle) {
      this.#sendInTurn(data, form, cb);
      return;
    }
    if (typeof data === "string") {
      if (form.binary) link.sendBytes(Buffer.from(data), form);
      else link.sendText(data, form.compress);
    } else if (Buffer.isBuffer(data)) {
      link.sendBytes(data, form);
    } else if (isBlob(data)) {
      this.#sendInTurn(data, form, cb);
      return;
    } else {
      link.sendBytes(toBuffer(data), form);
    }
    if (cb !== undefined) this.#report(cb);
  }

  #sendInTurn(data: unknown, { binary, compress }: WholeForm, cb: SendCallback | undefined): void {
    this.send(data, { binary, compress, fin: true, mask: !this.#link.isServer }, cb);
  }

  /** Sends what was framed for many; false where it has to wait behind something and be sent as data. */
  sendPrepared(message: PreparedMessage, compress: boolean): boolean {
    if (this.idle) this.#link.sendPrepared(message, compress);
    return this.idle;
  }

  override sendFrame(list: readonly (Buffer | string)[], cb?: SendCallback): void {
    this.#link.sendFrames(list);
    this.#report(cb);
  }

  protected override transmit(
    payload: Buffer | string,
    form: Outgoing,
    cb: SendCallback | undefined,
  ): void {
    const link = this.#link;
    if (form.mask === link.isServer) {
      super.transmit(payload, { ...form, compress: false }, cb);
      return;
    }
    const { opcode, fin, first, compress } = form;
    const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
    if (opcode === closeOpcode) this.#close(bytes);
    else if (opcode === pingOpcode) link.sendPing(bytes);
    else if (opcode === pongOpcode) link.sendPong(bytes);
    else if (fin && first) link.sendBytes(bytes, { binary: opcode === 2, compress });
    else link.sendFragment(bytes, { opcode: opcode as Opcode, fin });
    this.#report(cb);
  }

  #close(payload: Buffer): void {
    if (payload.byteLength === 0) this.#link.close(undefined, undefined);
    else this.#link.close(payload.readUInt16BE(), payload.toString("utf8", 2));
  }

  #report(cb: SendCallback | undefined): void {
    if (typeof cb === "function") this.#link.whenSent(cb);
  }
}
