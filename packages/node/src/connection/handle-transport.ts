/**
 * A transport over a TCP socket that passes its streams by: all sockets read into one piece of memory, and batches are
 * written to the handle at once. What is rare (the end, errors, waiting) stays the socket's business, as documented.
 *
 * The stream's own cost is most of what a small message costs. Where a socket does not look as expected inside, the
 * documented way is taken.
 */
import { Buffer } from "node:buffer";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { forgetJoined, joinedOutput } from "./joined-output.ts";
import { readPast } from "./shared-reading.ts";
import type { SocketReader } from "./shared-reading.ts";
import { writeAtOnce } from "./socket-internals.ts";
import { StreamTransport } from "./stream-transport.ts";
import type { TransportEvents, Transport } from "./transport.ts";

export class HandleTransport extends StreamTransport implements SocketReader {
  readonly #socket: Socket;

  constructor(socket: Socket, events: TransportEvents) {
    super(socket, events);
    this.#socket = socket;
  }

  override get readsInPieces(): boolean {
    return false;
  }

  override write(chunks: readonly Uint8Array[], byteLength: number): void {
    // What somebody has written to the stream itself must not be overtaken.
    if (this.plain || this.#socket.writableLength > 0) {
      super.write(chunks, byteLength);
      return;
    }
    this.beginBatch(byteLength);
    const ticket = spareTicket ?? openTicket();
    spareTicket = undefined;
    ticket.transport = this;
    const joined = joinedOutput(chunks, byteLength);
    writeAtOnce(this.#socket, joined === undefined ? chunks : [joined], ticket.done);
    // The system has not taken all of it: what is joined next must not be written over it.
    if (joined !== undefined && this.congested) forgetJoined();
  }

  read(memory: Buffer): boolean {
    if (this.plain) return this.#socket.push(Buffer.from(memory));
    this.received(memory);
    return true;
  }

  wrote(error: Error | null | undefined): void {
    if (error) this.#socket.destroy(error);
    else this.endBatch();
  }
}

/** Waits for the end of one write. Nearly all are over when the call returns, and the same ticket serves the next. */
interface Ticket {
  transport: HandleTransport | undefined;
  readonly done: (error?: Error | null) => void;
}

function openTicket(): Ticket {
  const ticket: Ticket = {
    transport: undefined,
    done: (error) => {
      const { transport } = ticket;
      ticket.transport = undefined;
      spareTicket = ticket;
      transport?.wrote(error);
    },
  };
  return ticket;
}

let spareTicket: Ticket | undefined;

/** Until there is a transport. Nothing is read within the call that makes one. */
const nobody: SocketReader = { read: () => true };

/** The best transport there is for `stream`. */
export function openTransport(stream: Duplex, events: TransportEvents): Transport {
  if (!(stream instanceof Socket) || !readPast(stream, nobody)) {
    return new StreamTransport(stream, events);
  }
  const transport = new HandleTransport(stream, events);
  readPast(stream, transport);
  return transport;
}
