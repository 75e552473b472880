/** What came in, the newest first, and what waits to go out. */
import { useSpeech } from "../../../language/language.tsx";
import { ClockIcon, TalkIcon } from "../../../shell/icons.tsx";
import { useValue } from "../../../shell/observable.ts";
import { Avatar } from "../../chat/avatar.tsx";
import type { Inbox, Notice } from "./inbox.ts";
import { isRead } from "./inbox.ts";
import type { PostBox } from "./post-box.ts";

export function NoticeList(props: { box: PostBox; inbox: Inbox; name: string }) {
  const words = useSpeech().words.uses.notifications;
  const outbox = useValue(props.box.outbox);
  const { notices } = props.inbox;
  if (notices.length === 0 && outbox.length === 0) {
    return (
      <div class="empty">
        <TalkIcon />
        <h3>{words.empty}</h3>
        <p>{words.emptyText}</p>
      </div>
    );
  }
  return (
    <ul class="notices-list">
      {outbox.map((letter) => (
        <li key={letter.id} class="notice-row" data-waiting>
          <ClockIcon />
          <div class="notice-body">
            <p dir="auto">{letter.text}</p>
            <p class="hint">
              {letter.failure === undefined ? words.onItsWay : words.refused(letter.failure)}{" "}
              {letter.failure !== undefined && (
                <button type="button" class="link" onClick={() => props.box.discard(letter.id)}>
                  {words.discard}
                </button>
              )}
            </p>
          </div>
        </li>
      ))}
      {notices.map((notice) => (
        <Row
          key={notice.id}
          notice={notice}
          own={notice.from === props.name}
          unread={notice.from !== props.name && !isRead(props.inbox, notice)}
          onRead={() => props.box.markRead([notice.id])}
        />
      ))}
    </ul>
  );
}

function Row(props: { notice: Notice; own: boolean; unread: boolean; onRead: () => void }) {
  const { words, locale } = useSpeech();
  const { notice, own, unread } = props;
  const said = words.uses.notifications;
  const kind = own
    ? said.sentTo(notice.to || said.everybody.toLocaleLowerCase())
    : notice.to === ""
      ? said.forAll
      : said.forYou;
  return (
    <li class="notice-row" data-unread={unread || undefined}>
      <Avatar name={notice.from || words.uses.guest} />
      <div class="notice-body">
        <p class="notice-who">
          <bdi>{notice.from || words.uses.guest}</bdi>
          <span class="hint">{kind}</span>
          <time dateTime={new Date(notice.at).toISOString()}>{timeText(notice.at, locale)}</time>
        </p>
        <p dir="auto">{notice.text}</p>
      </div>
      {unread && (
        <button
          type="button"
          class="icon-button small"
          title={said.markRead}
          aria-label={said.markRead}
          onClick={props.onRead}
        >
          <svg
            class="icon"
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            aria-hidden="true"
          >
            <path d="m5 12.5 4.5 4.5L19 7.5" />
          </svg>
        </button>
      )}
      {unread && <span class="hidden">{said.unread}</span>}
    </li>
  );
}

/** The time alone for today, the day too for others. */
function timeText(at: number, locale: string): string {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(locale, {
    ...(!today && { month: "short", day: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
  });
}
