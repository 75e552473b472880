/** How `Sec-WebSocket-Accept` comes about, step by step (RFC 6455 §4.2.2): key and GUID, SHA-1, base64, and whether it is what came. */
import type { HandshakeEntry } from "./entries.ts";
import { useInspectorWords } from "./inspector-words.ts";
import { fromBase64, hexOf } from "./payload-bytes.ts";
import type { HttpHead } from "./seen-events.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export function AcceptSteps({ entry }: { entry: HandshakeEntry }) {
  const words = useInspectorWords().accept;
  const { acceptComputed, acceptReceived } = entry;
  const key = headerOf(entry.request, "sec-websocket-key");
  if (key === undefined || acceptComputed === undefined) return null;
  const isEqual = acceptComputed === acceptReceived;
  // The digest is what base64 has made the value of: no need to compute it a second time.
  const digest = Array.from(fromBase64(acceptComputed), hexOf);
  return (
    <section class="accept part">
      <h3>{words.title}</h3>
      <p class="hint">{words.text}</p>
      <ol class="steps">
        <li>
          <span class="step-name">{words.key}</span>
          <code class="tone-key">{key}</code>
        </li>
        <li>
          <span class="step-name">{words.guid}</span>
          <code class="tone-guid">{guid}</code>
        </li>
        <li>
          <span class="step-name">{words.joined}</span>
          <code class="joined">
            <span class="tone-key">{key}</span>
            <wbr />
            <span class="tone-guid">{guid}</span>
          </code>
        </li>
        <li>
          <span class="step-name">{words.sha}</span>
          <code class="digest">
            {digest.map((byte, index) => (
              <span key={index}>{byte}</span>
            ))}
          </code>
        </li>
        <li>
          <span class="step-name">{words.base64}</span>
          <code>{acceptComputed}</code>
        </li>
        <li data-equal={isEqual ? "yes" : "no"}>
          <span class="step-name">{words.came}</span>
          <code>{acceptReceived ?? "–"}</code>
          <p class="verdict">
            <span aria-hidden="true">{isEqual ? "✓" : "✗"}</span>{" "}
            {isEqual ? words.equal : acceptReceived === undefined ? words.missing : words.unequal}
          </p>
        </li>
      </ol>
    </section>
  );
}

/** The values of all lines of that name, joined. */
export function headerOf(head: HttpHead | undefined, name: string): string | undefined {
  const lines = head?.headers.filter((line) => line.name.toLowerCase() === name) ?? [];
  return lines.length === 0 ? undefined : lines.map(({ value }) => value).join(", ");
}
