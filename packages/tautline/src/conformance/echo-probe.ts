/** Whether a server echoes at all, before the cases are played to it, and whether it greets its clients first. */
import { askForEcho, question } from "./echo-question.ts";
import { HandshakeFailure } from "./handshake-failure.ts";
import type { Opener } from "./handshake.ts";
import { observationText } from "./description.ts";
import { sameEvents } from "./payload.ts";
import { Tester } from "./tester.ts";
import type { TesterTimes } from "./tester.ts";

export interface EchoProbe {
  readonly url: string;
  readonly opener: Opener;
  readonly times: TesterTimes;
}

/** The server cannot be checked: why. */
export class NoEcho extends Error {
  override readonly name = "NoEcho";
}

/**
 * @returns how many messages the server sends by itself before it echoes
 * @throws NoEcho
 */
export async function probeEcho({ url, opener, times }: EchoProbe): Promise<number> {
  try {
    const { socket, head } = await opener(url, times.silenceMs);
    const tester = new Tester({ socket, role: "client", times });
    const seen = await tester.play(askForEcho, head.rest);
    const greetings = seen.events.findIndex((event) => sameEvents([event], [question]));
    if (greetings >= 0) return greetings;
    throw new NoEcho(`it does not send back what it gets (it did this: ${observationText(seen)})`);
  } catch (error) {
    if (!(error instanceof HandshakeFailure)) throw error;
    throw new NoEcho(`the opening handshake failed: ${error.message}`, { cause: error });
  }
}
