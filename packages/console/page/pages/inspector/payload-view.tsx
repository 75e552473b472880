/** The payload of a frame in rows of eight bytes: as it travelled, with the mask taken off, and as text. */
import { useState } from "preact/hooks";

import type { FrameEntry } from "./entries.ts";
import { useInspectorWords } from "./inspector-words.ts";
import { asciiOf, fromHex, hexOf, masked } from "./payload-bytes.ts";

const rowBytes = 8;
/** Shown at first; the rest on request. */
const firstBytes = 256;

export function PayloadView({ entry }: { entry: FrameEntry }) {
  const words = useInspectorWords().frame;
  const [all, showAll] = useState(false);
  const [current, point] = useState<number | undefined>(undefined);
  const { payload, payloadLength, maskKey } = entry;
  if (payloadLength === 0) return <p class="remark part">{words.noPayload}</p>;
  const key = maskKey === undefined ? undefined : fromHex(maskKey);
  const shown = all ? payload : payload.subarray(0, firstBytes);
  const wire = key === undefined ? undefined : masked(shown, key);
  const rows = Array.from({ length: Math.ceil(shown.length / rowBytes) }, (_, row) => row);
  return (
    <section class="part">
      <h3>
        {words.payload} <span class="soft">{words.bytes(payloadLength)}</span>
      </h3>
      <p class="hint">{key === undefined ? words.unmaskedOnly : words.payloadText}</p>
      <div class="dump-frame" tabIndex={0} role="group" aria-label={words.payload}>
        <table class="dump" onPointerLeave={() => point(undefined)}>
          <thead>
            <tr>
              <td />
              {wire !== undefined && <th scope="col">{words.wire}</th>}
              <th scope="col">{words.unmasked}</th>
              <th scope="col">{words.asText}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <DumpRow
                key={row}
                start={row * rowBytes}
                plain={shown}
                wire={wire}
                current={current}
                onPoint={point}
              />
            ))}
          </tbody>
        </table>
      </div>
      <Sum plain={shown} wire={wire} maskKey={key} current={current} />
      {shown.length < payload.length && (
        <button type="button" class="button quiet" onClick={() => showAll(true)}>
          {words.showAll}
        </button>
      )}
      {shown.length < payloadLength && <p class="hint">{words.cut(shown.length, payloadLength)}</p>}
    </section>
  );
}

function DumpRow(props: {
  start: number;
  plain: Uint8Array;
  wire: Uint8Array | undefined;
  current: number | undefined;
  onPoint: (index: number) => void;
}) {
  const { start, plain, wire, current, onPoint } = props;
  const indices = Array.from(
    { length: Math.min(rowBytes, plain.length - start) },
    (_, i) => start + i,
  );
  const cells = (bytes: Uint8Array, write: (byte: number) => string) =>
    indices.map((index) => (
      <span
        key={index}
        data-current={index === current ? "" : undefined}
        onPointerEnter={() => onPoint(index)}
        onClick={() => onPoint(index)}
      >
        {write(bytes[index] ?? 0)}
      </span>
    ));
  return (
    <tr>
      <th scope="row" class="dump-offset">
        {start}
      </th>
      {wire !== undefined && <td class="dump-hex wire">{cells(wire, hexOf)}</td>}
      <td class="dump-hex">{cells(plain, hexOf)}</td>
      <td class="dump-text">{cells(plain, asciiOf)}</td>
    </tr>
  );
}

/** The byte that is pointed at: what the mask makes of it (RFC 6455 §5.3). Room is kept for it. */
function Sum(props: {
  plain: Uint8Array;
  wire: Uint8Array | undefined;
  maskKey: Uint8Array | undefined;
  current: number | undefined;
}) {
  const { plain, wire, maskKey, current = 0 } = props;
  if (wire === undefined || maskKey === undefined) return null;
  const byte = plain[current] ?? 0;
  return (
    <p class="sum">
      <code>
        {hexOf(wire[current] ?? 0)} ⊕{" "}
        <span class="tone-key">{hexOf(maskKey[current % 4] ?? 0)}</span> = {hexOf(byte)}{" "}
        <q>{asciiOf(byte)}</q>
      </code>
      <span class="soft">
        {" "}
        j = {current}, key[{current} mod 4]
      </span>
    </p>
  );
}
