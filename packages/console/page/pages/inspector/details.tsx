/** What is chosen from the list, taken apart. */
import type { Entry, HandshakeEntry, Talk } from "./entries.ts";
import { AcceptSteps } from "./accept-steps.tsx";
import { AgreedView } from "./agreed-view.tsx";
import { FrameView } from "./frame-view.tsx";
import { HeadView } from "./head-view.tsx";
import { useInspectorWords } from "./inspector-words.ts";
import { problemText } from "./problem-text.ts";

export function Details(props: {
  talk: Talk;
  entry: Entry | undefined;
  onChoose: (id: number) => void;
}) {
  const words = useInspectorWords();
  const { entry, talk } = props;
  return (
    <section class="details panel" id="details" aria-label={words.frame.details} tabIndex={-1}>
      <EntryView key={entry?.id} entry={entry} talk={talk} onChoose={props.onChoose} />
    </section>
  );
}

function EntryView(props: {
  entry: Entry | undefined;
  talk: Talk;
  onChoose: (id: number) => void;
}) {
  const words = useInspectorWords();
  const { entry, talk } = props;
  switch (entry?.kind) {
    case "handshake":
      return <HandshakeView entry={entry} isWatched={talk.watched !== undefined} />;
    case "frame":
      return <FrameView entry={entry} onChoose={props.onChoose} />;
    case "note":
      return <p class="remark">{problemText(words, entry.text)}</p>;
    case "dropped":
      return <p class="remark">{words.list.dropped(entry.count)}</p>;
    case "end":
      return (
        <div class="ending">
          <h2 class="details-title">{words.ends[entry.reason]}</h2>
          {entry.detail !== undefined && entry.reason === "host-refused" ? (
            <p>{words.hostAdvice(entry.detail)}</p>
          ) : (
            entry.detail !== undefined && <code>{entry.detail}</code>
          )}
        </div>
      );
    case undefined:
    default:
      return (
        <div class="empty">
          <p>{words.frame.pick}</p>
        </div>
      );
  }
}

function HandshakeView({ entry, isWatched }: { entry: HandshakeEntry; isWatched: boolean }) {
  const words = useInspectorWords();
  const { request, response } = entry;
  const switched = response !== undefined && / 101\b/u.test(response.startLine);
  return (
    <>
      <h2 class="details-title">{words.handshake.title}</h2>
      {entry.problems.length > 0 && (
        <ul class="problems" aria-label={words.handshake.problems}>
          {entry.problems.map((problem) => (
            <li key={problem}>{problemText(words, problem)}</li>
          ))}
        </ul>
      )}
      <p class="hint">{words.handshake.hint}</p>
      {request !== undefined && <HeadView side="client" head={request} />}
      {response === undefined ? (
        <p class="remark">{words.handshake.noResponse}</p>
      ) : (
        <HeadView side="server" head={response} />
      )}
      {isWatched && <p class="hint">{words.handshake.put}</p>}
      {entry.body !== undefined && (
        <section class="part">
          <h3>{words.handshake.body}</h3>
          <pre class="message-text">{entry.body}</pre>
        </section>
      )}
      {switched && (
        <>
          <AcceptSteps entry={entry} />
          <AgreedView entry={entry} />
        </>
      )}
    </>
  );
}
