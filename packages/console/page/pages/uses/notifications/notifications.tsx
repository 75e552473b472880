/** Notifications: a bell, what came in, and a form to send one. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { useSpeech } from "../../../language/language.tsx";
import { useLine } from "../../../line/line-context.ts";
import { useValue } from "../../../shell/observable.ts";
import { UseFrame } from "../use-frame.tsx";
import { WithName } from "../with-name.tsx";
import { Compose } from "./compose.tsx";
import { DesktopSwitch, showOnDesktop } from "./desktop.tsx";
import { unreadOf } from "./inbox.ts";
import { NoticeList } from "./notice-list.tsx";
import { PostBox } from "./post-box.ts";
import "./notifications.css";

export function Notifications() {
  return <WithName>{(name, badge) => <OpenBox key={name} name={name} badge={badge} />}</WithName>;
}

function OpenBox(props: { name: string; badge: ComponentChildren }) {
  const { words } = useSpeech();
  const line = useLine();
  const box = useMemo(() => new PostBox(props.name), [props.name]);
  const [newest, setNewest] = useState("");
  useEffect(() => box.open(line), [box, line]);
  useEffect(() => {
    box.onNews = (notice) => {
      setNewest(`${notice.from}: ${notice.text}`);
      showOnDesktop(notice);
    };
  }, [box]);
  const inbox = useValue(box.inbox);
  const problem = useValue(box.problem);
  const unread = unreadOf(inbox, props.name).length;
  return (
    <UseFrame id="notifications" problem={problem} count={unread} tools={props.badge}>
      <div class="notices-layout">
        <section class="use-panel">
          <header class="notices-head">
            <Bell unread={unread} />
            <h2>{words.uses.notifications.list}</h2>
            <button
              type="button"
              class="button quiet"
              disabled={unread === 0}
              onClick={() => box.markAllRead()}
            >
              {words.uses.notifications.markAll}
            </button>
          </header>
          <p class="hidden" role="status">
            {newest}
          </p>
          <NoticeList box={box} inbox={inbox} name={props.name} />
        </section>
        <div class="notices-side">
          <Compose box={box} />
          <DesktopSwitch />
        </div>
      </div>
    </UseFrame>
  );
}

function Bell(props: { unread: number }) {
  const { words } = useSpeech();
  return (
    <span
      class="bell"
      data-unread={props.unread > 0}
      role="img"
      aria-label={words.uses.notifications.bell(props.unread)}
    >
      <svg viewBox="0 0 24 24" width="30" height="30" aria-hidden="true">
        <path d="M12 3.5c-3.6 0-5.6 2.6-5.6 6v3.2L4.5 16h15l-1.9-3.3V9.5c0-3.4-2-6-5.6-6Z" />
        <path d="M9.9 18.2a2.2 2.2 0 0 0 4.2 0Z" />
      </svg>
      {props.unread > 0 && <b key={props.unread}>{props.unread > 99 ? "99+" : props.unread}</b>}
    </span>
  );
}
