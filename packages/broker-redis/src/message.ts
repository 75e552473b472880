/** What hubs tell each other about a channel, as Redis carries it: one letter for the kind, then the rest. */

import type { BrokerEvents } from "@tautline/hub";
import { decodeMember, decodePublication, encodeMember } from "@tautline/hub";

type Member = ReturnType<typeof decodeMember>;

/** A publication without a log; those with one are put together by the script, which alone knows their place. */
export const publicationMessage = (stored: string): string => `p0::${stored}`;

export const joinMessage = (member: Member): string => `j${encodeMember(member)}`;

export const leaveMessage = (member: Member): string => `l${encodeMember(member)}`;

/**
 * Tells a hub what a message says.
 *
 * @throws SyntaxError or TypeError when it says nothing that is known
 */
export function tell(events: BrokerEvents, channel: string, message: string): void {
  const rest = message.slice(1);
  switch (message.charAt(0)) {
    case "j":
      events.join(channel, decodeMember(rest));
      break;
    case "l":
      events.leave(channel, decodeMember(rest));
      break;
    case "p": {
      const [first, second] = [rest.indexOf(":"), rest.indexOf(":", rest.indexOf(":") + 1)];
      const offset = Number(rest.slice(0, first));
      const publication = decodePublication(rest.slice(second + 1));
      if (offset === 0) events.publication(channel, publication, undefined);
      else {
        const position = { offset, epoch: rest.slice(first + 1, second) };
        events.publication(channel, { ...publication, offset }, position);
      }
      break;
    }
    default:
      throw new TypeError("This is no message of a hub");
  }
}
