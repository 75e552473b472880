/**
 * What hubs hear about a channel: messages of its log, or a batch of what is not kept, a line for each event: a letter for
 * its kind, then the rest.
 */

import type { BrokerEvents } from "@tautline/hub";
import { decodeMember, decodePublication, encodeMember } from "@tautline/hub";
import { baseOf, decodeLogMessage, logMark } from "./log-message.ts";

type Member = ReturnType<typeof decodeMember>;

const liveMark = "V";

export const publicationLine = (stored: string): string => `p${stored}`;

export const joinLine = (member: Member): string => `j${encodeMember(member)}`;

export const leaveLine = (member: Member): string => `l${encodeMember(member)}`;

export const liveMessage = (lines: readonly string[]): string => [liveMark, ...lines].join("\n");

/**
 * Tells a hub what a message says.
 *
 * @throws SyntaxError or TypeError when it says nothing that is known
 */
export function tell(events: BrokerEvents, channel: string, text: string): void {
  if (text.startsWith(logMark)) tellLog(events, channel, text);
  else tellLive(events, channel, text);
}

function tellLog(events: BrokerEvents, channel: string, text: string): void {
  const message = decodeLogMessage(text);
  const { epoch } = message.head;
  let offset = baseOf(message);
  for (const line of message.lines) {
    offset += 1;
    events.publication(channel, { ...decodePublication(line), offset }, { offset, epoch });
  }
}

function tellLive(events: BrokerEvents, channel: string, text: string): void {
  const [mark, ...lines] = text.split("\n");
  if (mark !== liveMark) throw new TypeError("This is no message of a hub");
  for (const line of lines) {
    const rest = line.slice(1);
    switch (line.charAt(0)) {
      case "p":
        events.publication(channel, decodePublication(rest), undefined);
        break;
      case "j":
        events.join(channel, decodeMember(rest));
        break;
      case "l":
        events.leave(channel, decodeMember(rest));
        break;
      default:
        throw new TypeError("This is no event of a hub");
    }
  }
}
