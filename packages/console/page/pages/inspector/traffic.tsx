/**
 * The list of what travelled: filter, pause, clear, export, and the rows. Only the rows in sight are drawn, so that thousands of
 * frames cost no more than a screenful.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { useValue } from "../../shell/observable.ts";
import type { Entry, Talk } from "./entries.ts";
import type { EntryFilter, FrameKind } from "./entry-filter.ts";
import { everything, passes } from "./entry-filter.ts";
import { everythingJson, recording, saveFile } from "./export-file.ts";
import { useInspectorWords } from "./inspector-words.ts";
import type { ProbeLine } from "./probe-line.ts";
import { TrafficRow } from "./traffic-row.tsx";

/** As in the stylesheet. */
const rowHeight = 38;
/** Drawn beyond what is in sight, so that scrolling shows no gaps. */
const spareRows = 12;

export function Traffic(props: {
  probe: ProbeLine;
  talk: Talk;
  chosen: number | undefined;
  onChoose: (id: number) => void;
}) {
  const words = useInspectorWords().list;
  const { probe, talk } = props;
  const [filter, setFilter] = useState<EntryFilter>(everything);
  const paused = useValue(probe.paused);
  const shown = useMemo(
    () => talk.entries.filter((entry) => passes(filter, entry)),
    [talk, filter],
  );

  return (
    <section class="traffic panel" aria-label={words.title}>
      <div class="traffic-tools">
        <Filters filter={filter} onChange={setFilter} />
        <div class="tools">
          <button
            type="button"
            class="button quiet"
            aria-pressed={paused}
            onClick={() => probe.pause(!paused)}
          >
            {paused ? words.resume : words.pause}
          </button>
          <button type="button" class="button quiet" onClick={() => probe.clear()}>
            {words.clear}
          </button>
          <ExportMenu talk={talk} />
        </div>
      </div>
      {talk.entries.length === 0 ? (
        <div class="empty">
          <h2>{words.emptyTitle}</h2>
          <p>{words.emptyText}</p>
        </div>
      ) : (
        <Rows entries={shown} talk={talk} chosen={props.chosen} onChoose={props.onChoose} />
      )}
      <p class="traffic-foot hint" role="status">
        {paused && <strong>{words.paused} </strong>}
        {talk.entries.length > 0 && words.shown(shown.length, talk.entries.length)}
        {talk.forgotten > 0 && ` · ${words.forgotten(talk.forgotten)}`}
      </p>
    </section>
  );
}

function Filters(props: { filter: EntryFilter; onChange: (filter: EntryFilter) => void }) {
  const words = useInspectorWords().list;
  const { filter, onChange } = props;
  const kinds: readonly (readonly [FrameKind | "all", string])[] = [
    ["all", words.all],
    ["text", words.text],
    ["binary", words.binary],
    ["ping-pong", words.pings],
    ["close", words.closes],
    ["other", words.other],
  ];
  const sides = [
    ["both", words.both],
    ["client", words.sent],
    ["server", words.received],
  ] as const;
  return (
    <div class="filters" role="group" aria-label={words.filter}>
      <div class="segments" role="group" aria-label={words.from}>
        {sides.map(([side, name]) => (
          <button
            key={side}
            type="button"
            aria-pressed={filter.from === side}
            onClick={() => onChange({ ...filter, from: side })}
          >
            {name}
          </button>
        ))}
      </div>
      <select
        aria-label={words.kind}
        value={filter.kind}
        onChange={({ currentTarget: { value } }) => {
          const kind = kinds.find(([known]) => known === value)?.[0] ?? "all";
          onChange({ ...filter, kind });
        }}
      >
        {kinds.map(([kind, name]) => (
          <option key={kind} value={kind}>
            {name}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label={words.search}
        title={words.search}
        placeholder={words.find}
        value={filter.text}
        onInput={({ currentTarget: { value } }) => onChange({ ...filter, text: value })}
      />
    </div>
  );
}

function ExportMenu({ talk }: { talk: Talk }) {
  const words = useInspectorWords().list;
  const menu = useRef<HTMLDetailsElement>(null);
  const save = (name: string, type: string, text: string): void => {
    saveFile(name, type, text);
    if (menu.current !== null) menu.current.open = false;
  };
  return (
    <details class="menu" ref={menu}>
      <summary class="button quiet">{words.export}</summary>
      <div class="menu-items">
        <button
          type="button"
          onClick={() => save("traffic.json", "application/json", everythingJson(talk))}
        >
          {words.exportAll}
        </button>
        <button
          type="button"
          onClick={() => save("messages.jsonl", "application/jsonl", recording(talk))}
        >
          {words.exportReplay}
        </button>
      </div>
    </details>
  );
}

function Rows(props: {
  entries: readonly Entry[];
  talk: Talk;
  chosen: number | undefined;
  onChoose: (id: number) => void;
}) {
  const words = useInspectorWords().list;
  const { entries, talk, chosen, onChoose } = props;
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 600 });
  const atEnd = useRef(true);
  const began = talk.entries.find(({ at }) => at !== undefined)?.at;

  const measure = (): void => {
    const element = box.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < rowHeight;
    setScroll({ top: element.scrollTop, height: element.clientHeight });
  };
  useEffect(measure, []);
  // Who looks at the latest goes on looking at the latest.
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [entries.length]);

  const first = Math.max(0, Math.floor(scroll.top / rowHeight) - spareRows);
  const last = Math.ceil((scroll.top + scroll.height) / rowHeight) + spareRows;

  const move = (event: KeyboardEvent): void => {
    const index = entries.findIndex(({ id }) => id === chosen);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: entries.length - 1,
      PageDown: index + 10,
      PageUp: index - 10,
    };
    const target = targets[event.key];
    if (target === undefined || entries.length === 0) return;
    event.preventDefault();
    const bounded = Math.min(Math.max(target, 0), entries.length - 1);
    const entry = entries[bounded];
    if (entry === undefined) return;
    onChoose(entry.id);
    const element = box.current;
    const top = bounded * rowHeight;
    if (element === null) return;
    if (top < element.scrollTop) element.scrollTop = top;
    const lowest = top + rowHeight - element.clientHeight;
    if (lowest > element.scrollTop) element.scrollTop = lowest;
  };

  return (
    <div
      ref={box}
      class="rows"
      role="listbox"
      tabIndex={0}
      aria-label={words.label}
      aria-activedescendant={chosen === undefined ? undefined : `entry-${chosen}`}
      onScroll={measure}
      onKeyDown={move}
    >
      <div
        class="rows-room"
        role="presentation"
        style={{ height: `${entries.length * rowHeight}px` }}
      >
        {entries.slice(first, last).map((entry, i) => (
          <TrafficRow
            key={entry.id}
            entry={entry}
            began={began}
            place={first + i}
            count={entries.length}
            top={(first + i) * rowHeight}
            isChosen={entry.id === chosen}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  );
}
