/**
 * The header of a frame as the figure of RFC 6455 §5.2 has it, with the actual bits. The field that is pointed at, focused or tapped
 * is explained below.
 */
import { useEffect, useId, useRef, useState } from "preact/hooks";

import type { FieldName, FieldRun, FrameField } from "./frame-fields.ts";
import { fieldRows, frameFields } from "./frame-fields.ts";
import { useInspectorWords } from "./inspector-words.ts";

/** A bit that can be pointed at takes so much, in pixels (WCAG 2.2, 2.5.8). */
const bitPx = 25;

export function HeaderBits(props: { header: string; payloadLength: number }) {
  const words = useInspectorWords();
  const [current, point] = useState<FieldName>("opcode");
  const box = useRef<HTMLDivElement>(null);
  const explanation = useId();
  const columns = useColumns(box);
  const fields = frameFields(props.header);
  const field = fields.find(({ name }) => name === current) ?? fields[0];
  return (
    <div class="bits" ref={box}>
      <div class="ruler" aria-hidden="true" style={{ gridTemplateColumns: tracks(columns) }}>
        {Array.from({ length: columns }, (_, bit) => (
          <span key={bit}>{bit % 8 === 0 || bit === columns - 1 ? bit : ""}</span>
        ))}
      </div>
      {fieldRows(fields, columns).map((row, index) => (
        <div key={index} class="bit-row" style={{ gridTemplateColumns: tracks(columns) }}>
          {row.map((run) => (
            <RunView
              key={run.field.name}
              run={run}
              explanation={run.field === field ? explanation : undefined}
              onPoint={() => point(run.field.name)}
            />
          ))}
        </div>
      ))}
      <div class="bit-row payload-row" aria-hidden="true">
        {words.frame.payloadData}: {words.frame.bytes(props.payloadLength)}
      </div>
      {field !== undefined && (
        <p class="explanation" id={explanation}>
          <strong>{words.frame.fields[field.name].name}</strong>{" "}
          <span class="soft">{words.frame.bits(field.bits.length)}</span>{" "}
          <code>{valueText(field, props.header)}</code>
          {field.name === "opcode" && (
            <strong> {words.opcodes[field.value] ?? words.reservedOpcode}</strong>
          )}
          <br />
          {words.frame.fields[field.name].text}
          {field.name === "opcode" && ` ${words.opcodeTexts[field.value] ?? ""}`}
        </p>
      )}
    </div>
  );
}

const tracks = (columns: number): string => `repeat(${columns}, minmax(0, 1fr))`;

function RunView(props: {
  run: FieldRun;
  /** Where its field is explained, when it is. */
  explanation: string | undefined;
  onPoint: () => void;
}) {
  const { run, explanation, onPoint } = props;
  const { field, bits } = run;
  return (
    <button
      type="button"
      class="run"
      data-field={field.name}
      data-current={explanation === undefined ? undefined : ""}
      data-narrow={bits.length === 1 ? "" : undefined}
      style={{ gridColumn: `span ${bits.length}` }}
      aria-describedby={explanation}
      onClick={onPoint}
      onFocus={onPoint}
      onPointerEnter={onPoint}
    >
      <span class="digits">
        {Array.from(bits, (bit, index) => (
          <span key={index} data-bit={bit}>
            {bit}
          </span>
        ))}
      </span>
      <span class="run-name">{run.offset === 0 ? labels[field.name] : "…"}</span>
    </button>
  );
}

/** As the figure of the RFC has them. */
const labels: Readonly<Record<FieldName, string>> = {
  fin: "FIN",
  rsv1: "RSV1",
  rsv2: "RSV2",
  rsv3: "RSV3",
  opcode: "opcode",
  mask: "MASK",
  length: "Payload len",
  extended: "Extended payload length",
  key: "Masking-key",
};

function valueText({ name, value, bits }: FrameField, header: string): string {
  if (name === "key") return header.slice(-8).replaceAll(/..(?=.)/gu, "$& ");
  if (name === "opcode") return `0x${value.toString(16)}`;
  return bits.length === 1 ? bits : `${value}`;
}

/** How many bits there is room for in a row. */
function useColumns(box: { readonly current: HTMLElement | null }): number {
  const [columns, setColumns] = useState(16);
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const room = (entry?.contentRect.width ?? 0) / bitPx;
      setColumns(room >= 32 ? 32 : room >= 16 ? 16 : 8);
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return columns;
}
