/**
 * Addresses for programs that cannot take port 0 and say what they got. Where the loopback network has more than one address,
 * each test has one of its own there, so that a port that is free stays free.
 */
import { randomInt } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Linux has all of 127.0.0.0/8; elsewhere there is one. */
export function ownHost(): string {
  if (process.platform !== "linux") return "127.0.0.1";
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
}

/** A place where nobody listens. */
export async function freePlace(host = ownHost()): Promise<Place> {
  const server = createServer();
  server.listen({ port: 0, host });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return { host, port };
}

/** Whether somebody takes connections there. */
export async function isTaken({ host, port }: Place): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
