/** The address to dial and how: what the request carries, and what the probe does by itself. */
import { useEffect, useState } from "preact/hooks";

import { rememberText, rememberedText } from "../../shell/memory.ts";
import { useValue } from "../../shell/observable.ts";
import type { Talk } from "./entries.ts";
import { useInspectorWords } from "./inspector-words.ts";
import type { DialOrder } from "./orders.ts";
import { headerLines } from "./orders.ts";
import { PhasePill } from "./phase-pill.tsx";
import type { ProbeLine } from "./probe-line.ts";

const addressKey = "inspector.address";

/** What stands ready on this server, by path. */
const shortcuts = [
  ["echo", "/echo"],
  ["broadcast", "/broadcast"],
  ["hub", "/connection/websocket"],
] as const;

interface Choices {
  readonly subprotocols: string;
  readonly origin: string;
  readonly headers: string;
  readonly compression: boolean;
  readonly answers: boolean;
  readonly anyCertificate: boolean;
}

const usual: Choices = {
  subprotocols: "",
  origin: "",
  headers: "",
  compression: true,
  answers: true,
  anyCertificate: false,
};

export function DialForm(props: {
  probe: ProbeLine;
  talk: Talk;
  asked: string | undefined;
  onBegin: () => void;
}) {
  const words = useInspectorWords().target;
  const { probe, talk, asked } = props;
  const ready = useValue(probe.ready);
  const [address, setAddress] = useState(asked ?? rememberedText(addressKey) ?? "");
  const [choices, setChoices] = useState(usual);
  const here = ready?.here ?? "";
  const isUp = talk.watched === undefined && isGoing(talk);

  // Until somebody types, the address is that of the echo of this server.
  useEffect(() => {
    if (address === "" && here !== "") setAddress(`${here}/echo`);
  }, [here]);

  const dial = (url: string): void => {
    props.onBegin();
    rememberText(addressKey, url);
    probe.dial(orderOf(url, choices));
  };

  return (
    <form
      class="dial"
      onSubmit={(event) => {
        event.preventDefault();
        dial(address.trim());
      }}
    >
      <div class="dial-row">
        <input
          class="address"
          aria-label={words.address}
          value={address}
          placeholder="ws://localhost:8080/echo"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          onInput={(event) => setAddress(event.currentTarget.value)}
        />
        <button
          type="submit"
          class="button primary"
          disabled={ready === undefined || address.trim() === ""}
        >
          {words.connect}
        </button>
        {isUp && (
          <button type="button" class="button" onClick={() => probe.send({ do: "hang-up" })}>
            {words.hangUp}
          </button>
        )}
      </div>
      <div class="dial-row">
        <span class="hint">{words.thisServer}</span>
        {shortcuts.map(([name, path]) => (
          <button
            key={name}
            type="button"
            class="chip"
            disabled={ready === undefined}
            onClick={() => {
              setAddress(here + path);
              dial(here + path);
            }}
          >
            {words[name]}
          </button>
        ))}
        <DialOptions choices={choices} hosts={ready?.hosts ?? []} onChange={setChoices} />
        <PhasePill talk={talk} />
      </div>
    </form>
  );
}

/** Whether there is something that could be ended. */
export function isGoing({ phase }: Talk): boolean {
  return phase === "dialing" || phase === "open" || phase === "closing";
}

function orderOf(url: string, choices: Choices): DialOrder {
  const { subprotocols, origin, headers, ...rest } = choices;
  return {
    do: "dial",
    url,
    subprotocols: subprotocols.split(/[\s,]+/u).filter((name) => name !== ""),
    ...(origin.trim() !== "" && { origin: origin.trim() }),
    headers: headerLines(headers),
    ...rest,
  };
}

function DialOptions(props: {
  choices: Choices;
  /** That may be dialled beside this machine. */
  hosts: readonly string[];
  onChange: (choices: Choices) => void;
}) {
  const words = useInspectorWords().target;
  const { choices, hosts, onChange } = props;
  return (
    <details class="dial-options">
      <summary>{words.options}</summary>
      <div class="fields">
        <label>
          {words.subprotocols}
          <input
            value={choices.subprotocols}
            placeholder={words.subprotocolsHint}
            spellcheck={false}
            onInput={({ currentTarget: { value } }) =>
              onChange({ ...choices, subprotocols: value })
            }
          />
        </label>
        <label>
          {words.origin}
          <input
            value={choices.origin}
            placeholder={words.originHint}
            spellcheck={false}
            onInput={({ currentTarget: { value } }) => onChange({ ...choices, origin: value })}
          />
        </label>
        <label class="wide">
          {words.headers}
          <textarea
            rows={2}
            value={choices.headers}
            placeholder={words.headersHint}
            spellcheck={false}
            onInput={({ currentTarget: { value } }) => onChange({ ...choices, headers: value })}
          />
        </label>
      </div>
      <div class="checks">
        {(["compression", "answers", "anyCertificate"] as const).map((name) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={choices[name]}
              onChange={({ currentTarget: { checked } }) =>
                onChange({ ...choices, [name]: checked })
              }
            />
            {words[name]}
          </label>
        ))}
      </div>
      <p class="hint">{hosts.length > 0 ? words.allowed(hosts.join(", ")) : words.loopbackOnly}</p>
    </details>
  );
}
