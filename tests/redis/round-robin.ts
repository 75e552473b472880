/** A load balancer without sticky sessions: each request goes to the next server, whoever it comes from. */

import type { AddressInfo } from "node:net";
import { createServer, request as sendRequest } from "node:http";
import { onTestFinished } from "vitest";

export interface RoundRobin {
  readonly url: string;
  /** How many requests of a method each server has got. */
  counts(method: string): readonly number[];
}

/** Starts one before servers that are given by their addresses; it ends with the test. */
export async function startRoundRobin(targets: readonly string[]): Promise<RoundRobin> {
  const taken: { readonly method: string; readonly index: number }[] = [];
  const server = createServer((incoming, answer) => {
    const method = incoming.method ?? "GET";
    // For each method, so that no pattern of a client's requests leads all of one kind to one server.
    const index = taken.filter((one) => one.method === method).length % targets.length;
    taken.push({ method, index });
    const onward = sendRequest(
      `${(targets[index] ?? "").replace("localhost", "127.0.0.1")}${incoming.url ?? "/"}`,
      { method, headers: incoming.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        answer.flushHeaders();
        response.pipe(answer);
      },
    );
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    counts: (method) =>
      targets.map(
        (_, index) => taken.filter((one) => one.method === method && one.index === index).length,
      ),
  };
}
