/** The room's name, its link, and the way to the people on a narrow screen. */
import { useEffect, useState } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { LinkIcon, PeopleIcon, WireIcon } from "../../shell/icons.tsx";
import { routeHash } from "../../shell/route.ts";

const confirmationMs = 2_000;

export function RoomHeader(props: {
  room: string;
  count: number;
  peopleShown: boolean;
  onTogglePeople: () => void;
}) {
  const words = useWords();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), confirmationMs);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      setCopied(true);
    } catch {
      // Without permission, or outside a secure context, the address bar is the way to copy it.
    }
  };

  return (
    <header class="room-header">
      <h1>
        <span class="hash" aria-hidden="true">
          #
        </span>
        <bdi>{props.room}</bdi>
      </h1>
      <p class="room-count">{props.count > 0 && words.chat.peopleCount(props.count)}</p>
      <a class="button quiet" href={routeHash("inspector", "watch", "own")}>
        <WireIcon />
        <span>{words.chat.inspect}</span>
      </a>
      <button type="button" class="button quiet" onClick={() => void copy()}>
        <LinkIcon />
        <span aria-live="polite">{copied ? words.chat.linkCopied : words.chat.copyLink}</span>
      </button>
      <button
        type="button"
        class="button quiet people-toggle"
        aria-expanded={props.peopleShown}
        aria-controls="people"
        onClick={props.onTogglePeople}
      >
        <PeopleIcon />
        <span>{props.count}</span>
        <span class="hidden">{words.chat.people}</span>
      </button>
    </header>
  );
}
