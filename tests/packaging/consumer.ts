// A user's program, compiled against the tarballs by a strict compiler. It is never run.
import { Client } from "@tautline/client";
import { connect, WebSocketServer } from "@tautline/node";
import { channel } from "@tautline/wire";
import { serve } from "tautline";

interface Line {
  readonly author: string;
  readonly text: string;
}

const chat = channel<Line>("chat");

export async function program(): Promise<void> {
  const server = await serve({ port: 0 });
  server.channel(chat).onPublish((line) => {
    const text: string = line.text;
    void text;
  });

  const client = new Client(`${server.url}connection/websocket`);
  await client.connect();
  const subscription = client.subscribe(chat);
  await subscription.publish({ author: "Ada", text: "hello" });
  // @ts-expect-error a line has a text
  await subscription.publish({ author: "Ada" });

  const plain = new WebSocketServer();
  const { port } = await plain.listen({ port: 0, host: "127.0.0.1" });
  const connection = await connect(`ws://127.0.0.1:${port}`);
  await connection.write("hello");
  for await (const message of connection) {
    const data: string | Uint8Array = message;
    void data;
  }
  await server.close();
}
