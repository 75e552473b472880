/** The form that sends a notification: to somebody who is here, to a name that is not, or to everybody. */
import { useState } from "preact/hooks";

import { useWords } from "../../../language/language.tsx";
import { cleanPersonName, longestPersonName } from "../../../line/person.ts";
import { useValue } from "../../../shell/observable.ts";
import { Avatar } from "../../chat/avatar.tsx";
import { longestNotice } from "./inbox.ts";
import type { PostBox } from "./post-box.ts";

export function Compose(props: { box: PostBox }) {
  const words = useWords().uses.notifications;
  const people = useValue(props.box.people);
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [full, setFull] = useState(false);
  const send = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === "") return;
    const taken = props.box.send(cleanPersonName(to), text.trim());
    setFull(!taken);
    if (taken) setText("");
  };
  return (
    <form class="use-panel compose" onSubmit={send}>
      <h2>{words.compose}</h2>
      <label for="notice-to">{words.to}</label>
      <input
        id="notice-to"
        value={to}
        placeholder={words.toHint}
        maxLength={longestPersonName * 2}
        autocomplete="off"
        onInput={(event) => setTo(event.currentTarget.value)}
      />
      <div class="chips" role="group" aria-label={words.here}>
        <button type="button" class="chip" aria-pressed={to === ""} onClick={() => setTo("")}>
          {words.everybody}
        </button>
        {people.map((name) => (
          <button
            key={name}
            type="button"
            class="chip"
            aria-pressed={to === name}
            onClick={() => setTo(name)}
          >
            <Avatar name={name} />
            <bdi>{name}</bdi>
          </button>
        ))}
      </div>
      {people.length === 0 && <p class="hint">{words.alone}</p>}
      <label for="notice-text">{words.message}</label>
      <textarea
        id="notice-text"
        rows={3}
        value={text}
        maxLength={longestNotice}
        dir="auto"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button primary" disabled={text.trim() === ""}>
        {words.send}
      </button>
      <p class="hint" role="status">
        {full && words.full}
      </p>
    </form>
  );
}
