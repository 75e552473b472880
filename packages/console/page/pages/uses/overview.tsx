/** All applications, each with a picture of what it is. */
import { useEffect } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { useLine } from "../../line/line-context.ts";
import { routeHash } from "../../shell/route.ts";
import { Picture } from "./picture.tsx";
import { useIds } from "./use-list.ts";

export function Overview() {
  const words = useWords().uses;
  const line = useLine();
  useEffect(() => line.openAsGuest(), [line]);
  useEffect(() => {
    document.title = `${words.title} · Tautline`;
  }, [words]);
  const cards = [
    { id: "chat" as const, address: routeHash("chat") },
    ...useIds.map((id) => ({ id, address: routeHash("uses", id) })),
  ];
  return (
    <div class="uses">
      <header class="use-head">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </header>
      <ul class="use-cards">
        {cards.map(({ id, address }) => (
          <li key={id}>
            <a class="use-card" href={address}>
              <Picture id={id} />
              <span class="use-card-title">{words[id].title}</span>
              <span class="use-card-text">{words[id].text}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
