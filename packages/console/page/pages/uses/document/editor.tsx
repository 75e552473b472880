/** The document: a text field, the others' carets over it, and who is here. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";

import { useSpeech } from "../../../language/language.tsx";
import { useLine } from "../../../line/line-context.ts";
import { useValue } from "../../../shell/observable.ts";
import { Avatar } from "../../chat/avatar.tsx";
import { UseFrame } from "../use-frame.tsx";
import { WithName } from "../with-name.tsx";
import { CaretLayer } from "./caret-layer.tsx";
import { Carets } from "./carets.ts";
import { longestNote } from "./note.ts";
import { SharedNote } from "./shared-note.ts";
import "./document.css";

export function Editor() {
  return <WithName>{(name, badge) => <OpenNote key={name} badge={badge} />}</WithName>;
}

function OpenNote(props: { badge: ComponentChildren }) {
  const { words } = useSpeech();
  const line = useLine();
  const shared = useMemo(() => new SharedNote(), []);
  const carets = useMemo(() => new Carets(), []);
  useEffect(() => shared.open(line), [shared, line]);
  useEffect(() => carets.open(line), [carets, line]);
  const problem = useValue(shared.problem);
  const text = useValue(shared.text);
  const saved = useValue(shared.saved);
  const ready = useValue(shared.ready);
  const said = words.uses.document;
  return (
    <UseFrame id="document" problem={problem} tools={props.badge}>
      <div class="use-panel document">
        <header class="document-head">
          <Writers carets={carets} />
          <span class="document-state" data-saved={saved} role="status">
            {!ready ? said.reading : saved ? said.saved : said.unsaved}
          </span>
        </header>
        <Sheet shared={shared} carets={carets} />
        <p class="hint document-foot">{said.characters(text.length)}</p>
      </div>
    </UseFrame>
  );
}

function Writers(props: { carets: Carets }) {
  const words = useSpeech().words.uses;
  const writers = useValue(props.carets.writers);
  return (
    <ul class="writers" aria-label={words.document.writers}>
      {writers.map(({ client, name, self }) => (
        <li key={client} data-self={self || undefined}>
          <Avatar name={name || words.guest} />
          <bdi>{name || words.guest}</bdi>
          {self && <span class="badge">{words.you}</span>}
        </li>
      ))}
    </ul>
  );
}

function Sheet(props: { shared: SharedNote; carets: Carets }) {
  const words = useSpeech().words.uses.document;
  const { shared, carets } = props;
  const { note } = shared;
  const text = useValue(shared.text);
  const field = useRef<HTMLTextAreaElement>(null);
  /** Where this person is, in the document's own terms. */
  const place = useRef({ anchor: note.placeOf(0), head: note.placeOf(0) });

  const follow = (): void => {
    const area = field.current;
    if (area === null) return;
    const backward = area.selectionDirection === "backward";
    const [start, end] = [area.selectionStart, area.selectionEnd];
    place.current = {
      anchor: note.placeOf(backward ? end : start),
      head: note.placeOf(backward ? start : end),
    };
    if (document.activeElement === area) carets.place(place.current);
  };

  // What others typed takes its place around the caret, which stays with the characters beside it.
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null || area.value === text) return;
    area.value = text;
    const anchor = note.indexOf(place.current.anchor) ?? 0;
    const head = note.indexOf(place.current.head) ?? anchor;
    const direction = head < anchor ? "backward" : "forward";
    area.setSelectionRange(Math.min(anchor, head), Math.max(anchor, head), direction);
  }, [text]);

  useEffect(() => {
    document.addEventListener("selectionchange", follow);
    return () => document.removeEventListener("selectionchange", follow);
  }, []);

  const type = (): void => {
    const area = field.current;
    if (area === null) return;
    note.type(area.value, area.selectionEnd);
    follow();
  };
  return (
    <div class="sheet">
      <CaretLayer text={text} note={note} carets={carets} />
      <textarea
        ref={field}
        aria-label={words.field}
        placeholder={words.placeholder}
        maxLength={longestNote}
        spellcheck={false}
        dir="auto"
        onInput={(event) => {
          if (!event.isComposing) type();
        }}
        onCompositionStart={() => shared.hold()}
        onCompositionEnd={() => {
          type();
          shared.release();
        }}
      />
    </div>
  );
}
