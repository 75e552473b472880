/**
 * The others' carets, in a copy of the text that stands behind the field, letter under letter: so they are where the letters are,
 * however lines break. The copy makes the sheet as high as its text, too.
 */
import type { ComponentChildren } from "preact";

import { useWords } from "../../../language/language.tsx";
import { useValue } from "../../../shell/observable.ts";
import { hueOf } from "../../chat/avatar.tsx";
import type { Carets } from "./carets.ts";
import type { Note } from "./note.ts";

interface Mark {
  readonly client: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly head: number;
}

export function CaretLayer(props: { text: string; note: Note; carets: Carets }) {
  const words = useWords().uses;
  const { text, note } = props;
  const writers = useValue(props.carets.writers);
  const marks = writers.flatMap(({ client, name, place, self }): readonly Mark[] => {
    if (self || place === undefined) return [];
    const anchor = note.indexOf(place.anchor);
    const head = note.indexOf(place.head);
    if (anchor === undefined || head === undefined) return [];
    const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
    return [{ client, name: name || words.guest, from, to, head }];
  });
  return (
    <div class="caret-layer" aria-hidden="true">
      {pieces(text, marks)}
      {/* A line of its own, so that a break at the end has its height. */}
      {"\u200b"}
    </div>
  );
}

/** The text cut where somebody's caret or selection begins or ends. */
function pieces(text: string, marks: readonly Mark[]): readonly ComponentChildren[] {
  const cuts = [0, ...marks.flatMap(({ from, to }) => [from, to]), text.length];
  const places = [...new Set(cuts)].sort((one, other) => one - other);
  return places.map((at, index) => {
    const end = places[index + 1] ?? at;
    const selected = marks.find(({ from, to }) => from <= at && end <= to && at < end);
    const part = text.slice(at, end);
    return [
      ...marks
        .filter(({ head }) => head === at)
        .map((mark) => <Caret key={mark.client} mark={mark} />),
      selected === undefined ? part : <mark class={`hue-${hueOf(selected.name)}`}>{part}</mark>,
    ];
  });
}

function Caret(props: { mark: Mark }) {
  const { name } = props.mark;
  return (
    <span class={`caret hue-${hueOf(name)}`} data-name={name}>
      <span class="caret-name">{name}</span>
    </span>
  );
}
