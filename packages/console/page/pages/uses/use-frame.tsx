/** What stands around each application: its name, the way back and to a second window, what is wrong, and how it works. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { routeHash } from "../../shell/route.ts";
import { snippets } from "./snippets.ts";
import type { UseId } from "./use-list.ts";
import { sources } from "./use-list.ts";

export function UseFrame(props: {
  id: UseId;
  /** Why the server does not let the application be. */
  problem?: string | undefined;
  /** Stands before the title in the window's. */
  count?: number;
  /** Stands beside the title. */
  tools?: ComponentChildren;
  children: ComponentChildren;
}) {
  const all = useWords().uses;
  const words = all[props.id];
  const { count = 0 } = props;

  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${words.title} · Tautline`;
  }, [words, count]);

  return (
    <div class="uses">
      <header class="use-head">
        <a class="use-back" href={routeHash("uses")}>
          <span aria-hidden="true">←</span> {all.all}
        </a>
        <div class="use-title">
          <h1>{words.title}</h1>
          <div class="use-tools">
            {props.tools}
            <a class="button quiet" href={location.hash} target="_blank" rel="noopener">
              {all.secondWindow}
            </a>
          </div>
        </div>
        <p>{words.text}</p>
      </header>
      {props.problem !== undefined && (
        <p class="use-problem" role="alert">
          {all.closed(props.problem)}
        </p>
      )}
      {props.children}
      <details class="use-how">
        <summary>{all.how}</summary>
        {words.how.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <pre tabIndex={0}>
          <code>{snippets[props.id]}</code>
        </pre>
        <p class="use-sources">
          {all.source}{" "}
          {sources[props.id].map((path) => (
            <code key={path}>{path}</code>
          ))}
        </p>
      </details>
    </div>
  );
}
