/** Stands in front of what needs the console's token, and asks for it. It knows nothing of what is behind it. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { useWords } from "../language/language.tsx";
import { useValue } from "../shell/observable.ts";
import { consoleAccess } from "./console-access.ts";

export function TokenGate(props: { children: ComponentChildren }) {
  const token = useValue(consoleAccess.token);
  return token === undefined ? <TokenCard /> : <>{props.children}</>;
}

function TokenCard() {
  const words = useWords().access;
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<"refused" | "unreachable" | undefined>(
    consoleAccess.wasRefused ? "refused" : undefined,
  );

  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem(undefined);
    try {
      if (!(await consoleAccess.try(tokenIn(text)))) setProblem("refused");
    } catch {
      setProblem("unreachable");
    }
  };

  return (
    <section class="door">
      <form class="card" onSubmit={(event) => void enter(event)}>
        <h1>{words.title}</h1>
        <p>{words.text}</p>
        <pre class="sample">{`${location.origin}/#token=…`}</pre>
        <label for="console-token">{words.label}</label>
        <input
          id="console-token"
          type="password"
          autocomplete="off"
          value={text}
          aria-invalid={problem !== undefined}
          aria-describedby={problem && "console-token-problem"}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        {problem && (
          <p class="problem" id="console-token-problem" role="alert">
            {words[problem]}
          </p>
        )}
        <button class="button primary" type="submit" disabled={text.trim() === ""}>
          {words.enter}
        </button>
      </form>
    </section>
  );
}

/** What was pasted may be the token alone or the whole link that was printed. */
function tokenIn(text: string): string {
  return text.trim().replace(/^.*#token=/u, "");
}
