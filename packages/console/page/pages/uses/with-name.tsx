/** Asks for a name where others see who did what, and connects under it. The name is that of all pages. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { useLine } from "../../line/line-context.ts";
import {
  cleanPersonName,
  longestPersonName,
  rememberName,
  rememberedName,
} from "../../line/person.ts";
import { PencilIcon } from "../../shell/icons.tsx";
import { Avatar } from "../chat/avatar.tsx";

export function WithName(props: {
  children: (name: string, badge: ComponentChildren) => ComponentChildren;
}) {
  const words = useWords().uses;
  const line = useLine();
  const [name, setName] = useState(rememberedName);
  const [naming, setNaming] = useState(false);

  useEffect(() => {
    if (name !== "") line.open(name);
  }, [line, name]);

  if (name === "" || naming) {
    return (
      <NameForm
        name={name}
        onName={(chosen) => {
          rememberName(chosen);
          setName(chosen);
          setNaming(false);
        }}
      />
    );
  }
  return (
    <>
      {props.children(
        name,
        <span class="use-name">
          <Avatar name={name} />
          <bdi>{name}</bdi>
          <button
            type="button"
            class="icon-button small"
            title={words.changeName}
            aria-label={words.changeName}
            onClick={() => setNaming(true)}
          >
            <PencilIcon />
          </button>
        </span>,
      )}
    </>
  );
}

function NameForm(props: { name: string; onName: (name: string) => void }) {
  const words = useWords().uses;
  const [text, setText] = useState(props.name);
  const field = useRef<HTMLInputElement>(null);
  const cleaned = cleanPersonName(text);
  useEffect(() => field.current?.select(), []);
  return (
    <div class="door">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (cleaned !== "") props.onName(cleaned);
        }}
      >
        <h1>{words.nameTitle}</h1>
        <label for="name">{words.nameText}</label>
        <input
          id="name"
          ref={field}
          value={text}
          maxLength={longestPersonName * 2}
          autocomplete="nickname"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <div class="buttons">
          <button type="submit" class="button primary" disabled={cleaned === ""}>
            {words.nameEnter}
          </button>
        </div>
      </form>
    </div>
  );
}
