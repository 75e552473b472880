// What a watcher of a connection is shown: the bytes that travel, and nothing once it looks away.
import type { ByteWatcher, Connection } from "@tautline/node";
import { describe, expect, it } from "vitest";
import { RawClient, echo, next, pair, serve } from "../servers.ts";

const hexOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("hex");

/** Keeps what it is shown. */
class Notes implements ByteWatcher {
  readonly #received: Buffer[] = [];
  readonly #sent: Buffer[] = [];

  received(bytes: Uint8Array): void {
    this.#received.push(Buffer.from(bytes));
  }

  sent(bytes: Uint8Array): void {
    this.#sent.push(Buffer.from(bytes));
  }

  get seen(): { readonly received: string; readonly sent: string } {
    return { received: hexOf(this.#received), sent: hexOf(this.#sent) };
  }
}

describe("watchBytes", () => {
  it("shows frames as they travel, masks included, from the first one on", async () => {
    const notes = new Notes();
    const { port } = await serve({
      onConnection(connection: Connection) {
        connection.watchBytes(notes);
        echo(connection);
      },
    });
    const client = await RawClient.opened(port);
    // "taut", masked with 01 02 03 04.
    const frame = Buffer.from("81840102030475637670", "hex");
    const answer = "810474617574";
    client.socket.write(frame);
    await client.until((received) => received.toString("hex").endsWith(answer));
    expect(notes.seen).toEqual({ received: frame.toString("hex"), sent: answer });
  });

  it("shows a client what it masks itself", async () => {
    const { client, accepted } = await pair();
    const notes = new Notes();
    client.watchBytes(notes);
    client.send("up");
    expect(await next(accepted)).toBe("up");
    accepted.send("down");
    expect(await next(client)).toBe("down");
    expect(notes.seen.sent).toMatch(/^8182[0-9a-f]{12}$/);
    expect(notes.seen.received).toBe("8104646f776e");
  });

  it("shows nothing any more to who looks away, and goes on for the others", async () => {
    const { client, accepted } = await pair({ onConnection: echo });
    const [first, second] = [new Notes(), new Notes()];
    const stop = accepted.watchBytes(first);
    accepted.watchBytes(second);
    client.send("a");
    await next(client);
    stop();
    const before = first.seen;
    client.send("b");
    await next(client);
    expect(first.seen).toEqual(before);
    expect(second.seen.sent).toBe("810161810162");
  });

  it("forgets connections that are over", async () => {
    const { client, accepted } = await pair();
    const notes = new Notes();
    const stop = accepted.watchBytes(notes);
    client.close(1000);
    await accepted.closed;
    expect(notes.seen.sent).toBe("880203e8");
    stop();
  });
});
