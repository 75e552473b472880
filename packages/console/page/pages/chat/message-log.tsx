/**
 * The talk, oldest first. It follows the newest line while the reader is at the end, and leaves the reader alone
 * otherwise.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { useSpeech } from "../../language/language.tsx";
import { ClockIcon, TalkIcon } from "../../shell/icons.tsx";
import { Avatar } from "./avatar.tsx";
import type { Line, Message } from "./conversation.ts";
import type { Room } from "./room.ts";

/** Messages of one person so close together stand under one name. */
const groupedWithinMs = 5 * 60_000;
const atEndPx = 48;

export function MessageLog(props: { room: Room; lines: readonly Line[] }) {
  const { words } = useSpeech();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [unseen, setUnseen] = useState(0);
  const drawn = useRef<string | undefined>(undefined);
  const newest = props.lines.at(-1);

  useLayoutEffect(() => {
    if (newest === undefined) return;
    const place = props.lines.findIndex(({ id }) => id === drawn.current);
    const messages = props.lines
      .slice(place < 0 ? -1 : place + 1)
      .filter((line) => line.kind === "message");
    drawn.current = newest.id;
    if (atEnd.current || messages.some(({ own }) => own)) toEnd();
    else setUnseen((count) => count + messages.length);
  }, [newest?.id]);

  // The box grows and shrinks with the window and the keyboard of a phone; the end stays in view.
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) toEnd();
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  function toEnd(): void {
    box.current?.scrollTo({ top: box.current.scrollHeight });
    atEnd.current = true;
    setUnseen(0);
  }

  function follow(): void {
    const element = box.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < atEndPx;
    if (atEnd.current) setUnseen(0);
  }

  const empty = props.lines.every((line) => line.kind !== "message");
  return (
    <div class="log-frame">
      <div
        ref={box}
        class="log"
        role="log"
        aria-live="polite"
        aria-label={words.chat.log(props.room.name)}
        tabIndex={0}
        onScroll={follow}
      >
        {empty && (
          <div class="empty">
            <TalkIcon />
            <h2>{words.chat.emptyTitle}</h2>
            <p>{words.chat.emptyText}</p>
          </div>
        )}
        {props.lines.map((line, index) => (
          <LineView key={line.id} room={props.room} line={line} before={props.lines[index - 1]} />
        ))}
      </div>
      {unseen > 0 && (
        <button type="button" class="button to-end" onClick={toEnd}>
          {words.chat.newMessages(unseen)} ↓
        </button>
      )}
    </div>
  );
}

function LineView(props: { room: Room; line: Line; before: Line | undefined }) {
  const { room, line, before } = props;
  const continued = line.kind === "message" && continues(before, line);
  // Preact passes over what is the same object as before: hundreds of lines are not drawn anew for each one that comes.
  return useMemo(() => <LineContent {...{ room, line, continued }} />, [room, line, continued]);
}

function LineContent(props: { room: Room; line: Line; continued: boolean }) {
  const { words } = useSpeech();
  const { room, line, continued } = props;
  if (line.kind === "message") return <MessageView {...{ room, continued }} message={line} />;
  if (line.kind === "gap") return <p class="event gap">{words.chat.gap(line.seconds)}</p>;
  const author = line.author || words.chat.guest;
  return (
    <p class="event">
      {line.kind === "joined" ? words.chat.joined(author) : words.chat.left(author)}
    </p>
  );
}

function continues(before: Line | undefined, message: Message): boolean {
  return (
    before?.kind === "message" &&
    before.author === message.author &&
    before.own === message.own &&
    message.at - before.at < groupedWithinMs
  );
}

function MessageView(props: { room: Room; message: Message; continued: boolean }) {
  const { words, locale } = useSpeech();
  const { message, continued } = props;
  const author = message.author || words.chat.guest;
  const time = new Date(message.at);
  return (
    <article
      class="message"
      data-own={message.own ? "" : undefined}
      data-continued={continued ? "" : undefined}
      data-status={message.status}
    >
      {!continued && !message.own && <Avatar name={author} />}
      <div class="message-body">
        <p class={continued ? "hidden" : "message-head"}>
          <bdi class="author">{author}</bdi>
          <time dateTime={time.toISOString()}>
            {time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" })}
          </time>
        </p>
        <p class="bubble" dir="auto">
          {message.text}
        </p>
        {message.status === "pending" && (
          <p class="message-foot">
            <ClockIcon />
            {words.chat.pending}
          </p>
        )}
        {message.status === "failed" && (
          <p class="message-foot">
            <span>
              {message.failure === undefined
                ? words.chat.failed
                : words.chat.failedWith(message.failure)}
            </span>
            <button type="button" class="link" onClick={() => props.room.retry(message.id)}>
              {words.chat.retry}
            </button>
            <button type="button" class="link" onClick={() => props.room.discard(message.id)}>
              {words.chat.discard}
            </button>
          </p>
        )}
      </div>
    </article>
  );
}
