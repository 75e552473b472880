/** Asks for the name the others will see. */
import { useEffect, useRef, useState } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { cleanPersonName, longestPersonName } from "../../line/person.ts";
import { Mark } from "../../shell/icons.tsx";

export function NameCard(props: {
  room: string;
  name: string;
  onJoin: (name: string) => void;
  onCancel?: () => void;
}) {
  const words = useWords();
  const [text, setText] = useState(props.name);
  const field = useRef<HTMLInputElement>(null);
  const cleaned = cleanPersonName(text);

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (cleaned !== "") props.onJoin(cleaned);
  };

  return (
    <div class="door">
      <form class="card" onSubmit={submit}>
        <Mark />
        <h1>{words.chat.nameTitle}</h1>
        <p class="room-label">
          <bdi>#{props.room}</bdi>
        </p>
        <p>{words.chat.nameText}</p>
        <label for="name">{words.chat.nameLabel}</label>
        <input
          id="name"
          ref={field}
          value={text}
          maxLength={longestPersonName * 2}
          autocomplete="nickname"
          aria-describedby="name-rule"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <p id="name-rule" class="hint">
          {words.chat.nameRule(longestPersonName)}
        </p>
        <div class="buttons">
          <button type="submit" class="button primary" disabled={cleaned === ""}>
            {words.chat.enter}
          </button>
          {props.onCancel && (
            <button type="button" class="button" onClick={props.onCancel}>
              {words.chat.cancel}
            </button>
          )}
        </div>
      </form>
    </div>
  );
}
