/** What can be sent on a dialled connection: messages, pings, Close, frames by hand, and frames that try the rules. */
import { useState } from "preact/hooks";

import type { Talk } from "./entries.ts";
import { CloseForm } from "./close-form.tsx";
import { FrameForm } from "./frame-form.tsx";
import { useInspectorWords } from "./inspector-words.ts";
import { MessageForm } from "./message-form.tsx";
import { PingForm } from "./ping-form.tsx";
import { PresetList } from "./preset-list.tsx";
import type { ProbeLine } from "./probe-line.ts";

const tabs = ["message", "ping", "close", "frame", "presets"] as const;
type Tab = (typeof tabs)[number];

export function Composer({ probe, talk }: { probe: ProbeLine; talk: Talk }) {
  const words = useInspectorWords().composer;
  const [tab, setTab] = useState<Tab>("message");
  if (talk.watched !== undefined) return <p class="remark">{words.watchOnly}</p>;
  const isOpen = talk.phase === "open" || talk.phase === "closing";
  return (
    <section class="sender panel" aria-label={words.title}>
      <div class="segments" role="group" aria-label={words.title}>
        {tabs.map((known) => (
          <button
            key={known}
            type="button"
            aria-pressed={known === tab}
            onClick={() => setTab(known)}
          >
            {words[known]}
          </button>
        ))}
      </div>
      <div class="sender-form" role="group" aria-label={words[tab]} tabIndex={0}>
        <fieldset disabled={!isOpen}>
          <legend class="hidden">{words[tab]}</legend>
          {tab === "message" && <MessageForm probe={probe} talk={talk} />}
          {tab === "ping" && <PingForm probe={probe} />}
          {tab === "close" && <CloseForm probe={probe} />}
          {tab === "frame" && <FrameForm probe={probe} />}
          {tab === "presets" && <PresetList probe={probe} />}
        </fieldset>
      </div>
      {!isOpen && <p class="hint">{words.closed}</p>}
    </section>
  );
}
