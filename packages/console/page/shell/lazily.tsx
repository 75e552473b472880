/** Draws a page whose code is loaded when it is first opened, and says so while it comes, and when it does not. */
import { useEffect, useState } from "preact/hooks";

import { useWords } from "../language/language.tsx";
import type { PageContent } from "./page.ts";

type Loading = { readonly state: "loading" | "failed" } | { readonly Content: PageContent };

export function lazily(load: () => Promise<PageContent>): PageContent {
  // Once it is there, it is drawn at once.
  let known: PageContent | undefined;
  return function Lazy(props) {
    const words = useWords();
    const [page, setPage] = useState<Loading>(() =>
      known === undefined ? { state: "loading" } : { Content: known },
    );
    useEffect(() => {
      if (known !== undefined) return undefined;
      let wanted = true;
      load().then(
        (Content) => {
          known = Content;
          if (wanted) setPage({ Content });
        },
        () => {
          if (wanted) setPage({ state: "failed" });
        },
      );
      return () => {
        wanted = false;
      };
    }, []);

    if ("Content" in page) return <page.Content {...props} />;
    if (page.state === "loading") {
      return (
        <p class="empty" role="status">
          {words.shell.loading}
        </p>
      );
    }
    return (
      <section class="empty" role="alert">
        <p>{words.shell.notLoaded}</p>
        <button type="button" class="button" onClick={() => location.reload()}>
          {words.shell.reload}
        </button>
      </section>
    );
  };
}
