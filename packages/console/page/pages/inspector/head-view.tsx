/** One half of the handshake, line by line; the line that is pointed at, focused or tapped is explained below. */
import { useState } from "preact/hooks";

import { useInspectorWords } from "./inspector-words.ts";
import type { HttpHead, Side } from "./seen-events.ts";
import type { InspectorWords } from "./words.ts";

export function HeadView({ side, head }: { side: Side; head: HttpHead }) {
  const words = useInspectorWords();
  const isRequest = side === "client";
  // -1 is the start line. The line that makes the handshake one is explained first.
  const [current, point] = useState(() =>
    head.headers.findIndex(({ name }) => /^sec-websocket-(?:key|accept)$/iu.test(name)),
  );
  const explanation = `explained-${side}`;

  const pointing = (index: number) => ({
    "aria-describedby": index === current ? explanation : undefined,
    "data-current": index === current ? "" : undefined,
    onClick: () => point(index),
    onFocus: () => point(index),
    onPointerEnter: () => point(index),
  });

  return (
    <section class="head part" data-side={side}>
      <h3>
        <span class="side-mark" aria-hidden="true">
          {isRequest ? "→" : "←"}
        </span>
        {isRequest ? words.handshake.request : words.handshake.response}
        <span class="soft">
          {isRequest ? words.handshake.requestFrom : words.handshake.responseFrom}
        </span>
      </h3>
      <ul class="head-lines">
        <li>
          <button type="button" class="head-line start-line" {...pointing(-1)}>
            {head.startLine}
          </button>
        </li>
        {head.headers.map(({ name, value }, index) => (
          <li key={`${index} ${name}`}>
            <button type="button" class="head-line" {...pointing(index)}>
              <span class="head-name">{name}:</span> <span class="head-value">{value}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="explanation" id={explanation}>
        {explained(words, head, current)}
      </p>
    </section>
  );
}

function explained(words: InspectorWords, head: HttpHead, line: number): string {
  if (line >= 0) {
    const name = head.headers[line]?.name.toLowerCase() ?? "";
    return words.headers[name] ?? words.handshake.unknown;
  }
  if (!head.startLine.startsWith("HTTP/")) return words.handshake.requestLine;
  const status = Number(head.startLine.split(" ")[1]);
  return status === 101 ? words.handshake.switched : words.handshake.refusedLine(status);
}
