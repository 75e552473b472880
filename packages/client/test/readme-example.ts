/** The example of the package's README, compiled with the tests; a test compares the two. */

import { channel, Client, memberList } from "@tautline/client";

// Shared by server and clients: the channel's name and the type of its messages.
const chat = channel<{ text: string }>("chat");

export async function example(show: (...what: unknown[]) => void): Promise<void> {
  const client = new Client("wss://example.com/connection/websocket", { data: { name: "Ann" } });
  client.onStateChange(({ state, reason, nextAttemptAt }) => show(state, reason, nextAttemptAt));

  const subscription = client.subscribe(chat, { joinLeave: true });
  subscription.onPublication(({ data, publisher }) => show(publisher?.user, data.text));
  const members = memberList(subscription);
  members.onChange(() => show(members.current));

  await client.connect();
  await subscription.publish({ text: "Hello" }); // { txt: "Hello" } does not compile
  const sum = await client.rpc("add", [1, 2], { timeoutMs: 2000 });
  show(sum);
}
