/** What came of the handshake: subprotocol and extensions with their parameters, and what was offered in vain. */
import { headerOf } from "./accept-steps.tsx";
import type { HandshakeEntry } from "./entries.ts";
import type { NamedExtension } from "./extension-list.ts";
import { extensionList } from "./extension-list.ts";
import { useInspectorWords } from "./inspector-words.ts";

export function AgreedView({ entry }: { entry: HandshakeEntry }) {
  const words = useInspectorWords().agreed;
  const { request, response } = entry;
  const offeredProtocols = headerOf(request, "sec-websocket-protocol");
  const subprotocol = headerOf(response, "sec-websocket-protocol");
  const offered = extensionList(headerOf(request, "sec-websocket-extensions") ?? "");
  const taken = extensionList(headerOf(response, "sec-websocket-extensions") ?? "");
  const isTaken = ({ name }: NamedExtension): boolean => taken.some((other) => other.name === name);
  const declined = offered.filter((extension) => !isTaken(extension));
  return (
    <section class="agreed part">
      <h3>{words.title}</h3>
      <dl>
        <dt>{words.subprotocol}</dt>
        <dd>
          {subprotocol === undefined ? words.noSubprotocol : <code>{subprotocol}</code>}
          {offeredProtocols !== undefined && <p class="hint">{words.offered(offeredProtocols)}</p>}
        </dd>
        <dt>{words.extension}</dt>
        <dd>
          {taken.length === 0 && <p>{words.noExtension}</p>}
          {taken.map((extension) => (
            <ExtensionFacts key={extension.name} extension={extension} />
          ))}
          {declined.map(({ name }) => (
            <p class="hint" key={name}>
              <code>{name}</code>: {words.declined}
            </p>
          ))}
        </dd>
      </dl>
    </section>
  );
}

function ExtensionFacts({ extension }: { extension: NamedExtension }) {
  const words = useInspectorWords().agreed;
  const rows = [{ name: extension.name, value: "" }, ...extension.parameters];
  return (
    <ul class="parameters">
      {rows.map(({ name, value }, index) => (
        <li key={`${index} ${name}`}>
          <code>{value === "" ? name : `${name}=${value}`}</code>
          <span>{words.parameters[name] ?? words.unknownParameter}</span>
        </li>
      ))}
    </ul>
  );
}
