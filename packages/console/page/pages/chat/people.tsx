/** Who is in the room, one entry for each name. */
import { useSpeech } from "../../language/language.tsx";
import { PencilIcon } from "../../shell/icons.tsx";
import { Avatar } from "./avatar.tsx";
import type { Member } from "./conversation.ts";
import { people } from "./conversation.ts";

export function People(props: {
  members: readonly Member[];
  self: string | undefined;
  onRename: () => void;
}) {
  const { words, locale } = useSpeech();
  return (
    <aside id="people" class="people" aria-label={words.chat.people}>
      <h2>{words.chat.people}</h2>
      <ul>
        {people(props.members, props.self, locale).map((person) => (
          <li key={person.name}>
            <Avatar name={person.name || words.chat.guest} />
            <span class="person">
              <bdi>{person.name || words.chat.guest}</bdi>
              {person.windows > 1 && (
                <span class="hint">{words.chat.sessions(person.windows)}</span>
              )}
            </span>
            {person.self && (
              <>
                <span class="badge">{words.chat.you}</span>
                <button
                  type="button"
                  class="icon-button small"
                  title={words.chat.changeName}
                  aria-label={words.chat.changeName}
                  onClick={props.onRename}
                >
                  <PencilIcon />
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
    </aside>
  );
}
