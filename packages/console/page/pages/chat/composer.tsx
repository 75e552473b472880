/** Where a message is written. Enter sends; an input method's Enter, which picks a candidate, does not. */
import { useEffect, useRef, useState } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { SendIcon } from "../../shell/icons.tsx";
import { longestMessage } from "./conversation.ts";

const counterFrom = 200;
const tallest = 168;

export function Composer(props: { room: string; onSend: (text: string) => "taken" | "full" }) {
  const words = useWords();
  const [text, setText] = useState("");
  const [full, setFull] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const left = longestMessage - text.length;

  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, tallest)}px`;
  }, [text]);

  const send = (): void => {
    const message = text.trim();
    if (message === "") return;
    const outcome = props.onSend(message);
    setFull(outcome === "full");
    if (outcome === "taken") setText("");
    field.current?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-field">
        <textarea
          ref={field}
          rows={1}
          value={text}
          maxLength={longestMessage}
          dir="auto"
          placeholder={words.chat.messageHint(props.room)}
          aria-label={words.chat.message}
          aria-describedby="composer-hint"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // Safari reports the Enter that ends a composition as key code 229 after the composition has ended.
            const composing = event.isComposing || event.keyCode === 229;
            if (event.key !== "Enter" || event.shiftKey || composing) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="submit"
          class="send"
          aria-label={words.chat.send}
          title={words.chat.send}
          disabled={text.trim() === ""}
        >
          <SendIcon />
        </button>
      </div>
      <p id="composer-hint" class="hint">
        <span>{words.chat.keys}</span>
        <span role="status">
          {full ? words.chat.outboxFull : left <= counterFrom && words.chat.charactersLeft(left)}
        </span>
      </p>
    </form>
  );
}
