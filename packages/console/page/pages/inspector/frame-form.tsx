/** A frame by hand: every bit as one likes, and the header as it will travel. */
import { useState } from "preact/hooks";

import { composedHeader } from "./composed-header.ts";
import { HeaderBits } from "./header-bits.tsx";
import { useInspectorWords } from "./inspector-words.ts";
import type { FrameOrder } from "./orders.ts";
import { fromHex } from "./payload-bytes.ts";
import type { ProbeLine } from "./probe-line.ts";
import type { InspectorWords } from "./words.ts";

interface Choices {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly mask: "random" | "none" | "own";
  readonly key: string;
  readonly isHex: boolean;
  readonly content: string;
  readonly lengthBytes: 0 | 2 | 8;
}

const usual: Choices = {
  fin: true,
  rsv: 0,
  opcode: 1,
  mask: "random",
  key: "00000000",
  isHex: false,
  content: "Hello",
  lengthBytes: 0,
};

const opcodes = Array.from({ length: 16 }, (_, opcode) => opcode);

export function FrameForm({ probe }: { probe: ProbeLine }) {
  const words = useInspectorWords();
  const [choices, setChoices] = useState(usual);
  const change = (some: Partial<Choices>): void => setChoices({ ...choices, ...some });
  const order = orderOf(choices);
  const composed = order && composedHeader(order);
  return (
    <form
      class="send-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (order !== undefined) probe.send({ do: "frames", frames: [order] });
      }}
    >
      <HeaderChoices choices={choices} change={change} words={words} />
      <div class="send-row">
        <select
          aria-label={words.composer.content}
          value={choices.isHex ? "hex" : "text"}
          onChange={(event) => change({ isHex: event.currentTarget.value === "hex" })}
        >
          <option value="text">{words.composer.asText}</option>
          <option value="hex">{words.composer.asHex}</option>
        </select>
        <input
          class="grows"
          aria-label={words.frame.payload}
          value={choices.content}
          spellcheck={false}
          onInput={(event) => change({ content: event.currentTarget.value })}
        />
        <button type="submit" class="button primary" disabled={order === undefined}>
          {words.composer.sendFrame}
        </button>
      </div>
      {composed === undefined ? (
        <p class="remark bad">{words.composer.badHex}</p>
      ) : (
        <HeaderBits header={composed.header} payloadLength={composed.payloadLength} />
      )}
    </form>
  );
}

function HeaderChoices(props: {
  choices: Choices;
  change: (some: Partial<Choices>) => void;
  words: InspectorWords;
}) {
  const { choices, change } = props;
  const words = props.words.composer;
  const { opcodes: names, reservedOpcode } = props.words;
  const flags: readonly (readonly [string, boolean, (set: boolean) => Partial<Choices>])[] = [
    ["FIN", choices.fin, (set) => ({ fin: set })],
    ...[4, 2, 1].map(
      (bit, index) =>
        [
          `RSV${index + 1}`,
          (choices.rsv & bit) !== 0,
          (set: boolean) => ({ rsv: set ? choices.rsv | bit : choices.rsv & ~bit }),
        ] as const,
    ),
  ];
  return (
    <div class="send-row">
      {flags.map(([name, isSet, changed]) => (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={isSet}
            onChange={(event) => change(changed(event.currentTarget.checked))}
          />
          {name}
        </label>
      ))}
      <label class="inline">
        {words.opcode}
        <select
          value={choices.opcode}
          onChange={(event) => change({ opcode: Number(event.currentTarget.value) })}
        >
          {opcodes.map((opcode) => (
            <option key={opcode} value={opcode}>
              {`0x${opcode.toString(16)} ${names[opcode] ?? reservedOpcode}`}
            </option>
          ))}
        </select>
      </label>
      <label class="inline">
        {words.mask}
        <select
          value={choices.mask}
          onChange={({ currentTarget: { value } }) =>
            change({ mask: value === "none" || value === "own" ? value : "random" })
          }
        >
          <option value="random">{words.randomMask}</option>
          <option value="none">{words.noMask}</option>
          <option value="own">{words.ownMask}</option>
        </select>
      </label>
      {choices.mask === "own" && (
        <input
          class="key"
          aria-label={words.ownMask}
          value={choices.key}
          maxLength={11}
          spellcheck={false}
          onInput={(event) => change({ key: event.currentTarget.value })}
        />
      )}
      <label class="inline">
        {words.lengthForm}
        <select
          value={choices.lengthBytes}
          onChange={({ currentTarget: { value } }) =>
            change({ lengthBytes: value === "2" ? 2 : value === "8" ? 8 : 0 })
          }
        >
          <option value={0}>{words.shortest}</option>
          <option value={2}>{words.form(16)}</option>
          <option value={8}>{words.form(64)}</option>
        </select>
      </label>
    </div>
  );
}

/** Undefined while payload or key are no hexadecimal. */
function orderOf(choices: Choices): FrameOrder | undefined {
  const { fin, rsv, opcode, mask, key, isHex, content, lengthBytes } = choices;
  const ownKey = key.replaceAll(/\s/gu, "").toLowerCase();
  const isGood =
    (!isHex || fromHex(content) !== undefined) && (mask !== "own" || /^[0-9a-f]{8}$/u.test(ownKey));
  if (!isGood) return undefined;
  return {
    opcode,
    fin,
    rsv,
    mask: mask === "own" ? ownKey : mask,
    payload: isHex ? { hex: content } : { text: content },
    lengthBytes,
  };
}
