/** One frame: its header bit by bit, its payload byte by byte, and the message that it belongs to. */
import type { FrameEntry } from "./entries.ts";
import { closeText } from "./close-text.ts";
import { HeaderBits } from "./header-bits.tsx";
import { useInspectorWords } from "./inspector-words.ts";
import { readable, utf8Text } from "./payload-bytes.ts";
import { PayloadView } from "./payload-view.tsx";
import { problemText } from "./problem-text.ts";

export function FrameView(props: { entry: FrameEntry; onChoose: (id: number) => void }) {
  const words = useInspectorWords();
  const { entry } = props;
  const name = words.opcodes[entry.opcode] ?? words.reservedOpcode;
  return (
    <>
      <h2 class="details-title" data-side={entry.from}>
        <span class="side-mark" aria-hidden="true">
          {entry.from === "client" ? "→" : "←"}
        </span>
        {words.frame.title(name)}
        <span class="soft">
          {entry.from === "client" ? words.frame.sent : words.frame.received}
        </span>
      </h2>
      {entry.problems.length > 0 && (
        <ul class="problems" aria-label={words.frame.problems}>
          {entry.problems.map((problem) => (
            <li key={problem}>{problemText(words, problem)}</li>
          ))}
        </ul>
      )}
      <section class="part">
        <h3>{words.frame.header}</h3>
        <p class="hint">{words.frame.headerText}</p>
        <HeaderBits header={entry.header} payloadLength={entry.payloadLength} />
      </section>
      {entry.opcode === 8 && <CloseFacts payload={entry.payload} />}
      {entry.partner !== undefined && entry.roundTripMs !== undefined && (
        <Partner id={entry.partner} roundTripMs={entry.roundTripMs} onChoose={props.onChoose} />
      )}
      <MessageFacts entry={entry} onChoose={props.onChoose} />
      <PayloadView entry={entry} />
    </>
  );
}

function CloseFacts({ payload }: { payload: Uint8Array }) {
  const words = useInspectorWords();
  const close = closeText(words, payload);
  return (
    <section class="close-facts part">
      <h3>{words.frame.closeCode}</h3>
      {close === undefined ? (
        <p>{words.frame.noCloseCode}</p>
      ) : (
        <>
          <p>
            <strong class="close-code">{close.code}</strong> {close.meaning}
          </p>
          {close.reason !== "" && (
            <p>
              {words.frame.reason}: <q>{close.reason}</q>
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Partner(props: { id: number; roundTripMs: number; onChoose: (id: number) => void }) {
  const words = useInspectorWords().frame;
  return (
    <p class="partner part">
      {words.roundTrip(props.roundTripMs.toFixed(2))}{" "}
      <button type="button" class="link" onClick={() => props.onChoose(props.id)}>
        {words.partner}
      </button>
    </p>
  );
}

function MessageFacts(props: { entry: FrameEntry; onChoose: (id: number) => void }) {
  const words = useInspectorWords().frame;
  const { id, opcode, fin, message } = props.entry;
  if (opcode >= 8) return null;
  if (message === undefined) {
    return fin ? null : <p class="remark part">{words.fragmentOf}</p>;
  }
  const { frames, isCompressed, byteLength, inflatedLength, bytes, isCut } = message;
  const text = message.opcode === 1 ? utf8Text(bytes, isCut) : undefined;
  return (
    <section class="part">
      <h3>
        {words.message} <span class="soft">{words.fragments(frames.length)}</span>
      </h3>
      {frames.length > 1 && (
        <p class="fragments">
          {frames.map((frame, index) => (
            <button
              key={frame}
              type="button"
              class="chip"
              aria-current={frame === id ? "true" : undefined}
              onClick={() => props.onChoose(frame)}
            >
              {index + 1}
            </button>
          ))}
        </p>
      )}
      {isCompressed && inflatedLength !== undefined && (
        <p class="hint">{words.compressed(byteLength, inflatedLength)}</p>
      )}
      {text !== undefined && text !== "" && (
        <pre class="message-text" tabIndex={0} aria-label={words.message}>
          {readable(text)}
        </pre>
      )}
      {text === undefined && message.opcode === 1 && <p class="remark bad">{words.notText}</p>}
    </section>
  );
}
