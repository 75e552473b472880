/** The frame around every page: header, notices, and the page the address names. */
import { TokenGate } from "../access/token-gate.tsx";
import { LanguageProvider, useWords } from "../language/language.tsx";
import { LineNotice } from "../line/line-notice.tsx";
import type { HubLine } from "../line/hub-line.ts";
import { LineContext } from "../line/line-context.ts";
import { pages } from "../pages/pages.ts";
import { Header } from "./header.tsx";
import type { Page } from "./page.ts";
import type { Route } from "./route.ts";
import { routeHash, useRoute } from "./route.ts";

export function App(props: { line: HubLine }) {
  return (
    <LanguageProvider>
      <LineContext.Provider value={props.line}>
        <Frame />
      </LineContext.Provider>
    </LanguageProvider>
  );
}

function Frame() {
  const words = useWords();
  const route = useRoute();
  const page = route.page === "" ? pages[0] : pages.find((known) => known.id === route.page);
  return (
    <>
      <a class="skip" href="#content" onClick={skipToContent}>
        {words.shell.skipToContent}
      </a>
      <Header pages={pages} current={page} />
      <LineNotice />
      <main id="content" class="content" tabIndex={-1}>
        {page === undefined ? <NotFound /> : <OpenPage key={page.id} {...{ page, route }} />}
      </main>
    </>
  );
}

function OpenPage({ page, route }: { page: Page; route: Route }) {
  const content = <page.Content parts={route.parts} />;
  return page.guarded === true ? <TokenGate>{content}</TokenGate> : content;
}

/** The hash is the router's, so the jump is made by hand. */
function skipToContent(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#content")?.focus();
}

function NotFound() {
  const words = useWords();
  return (
    <section class="empty">
      <h1>{words.shell.notFound}</h1>
      <a class="button" href={routeHash(pages[0].id)}>
        {words.shell.toChat}
      </a>
    </section>
  );
}
