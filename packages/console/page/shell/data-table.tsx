/** A table of figures with a heading elsewhere: it scrolls sideways by itself where it is too wide, by keyboard too. */
import type { ComponentChildren } from "preact";

export function DataTable(props: {
  /** The id of its heading. */
  labelledBy: string;
  /** The headings of its columns, each another. */
  columns: readonly string[];
  /** For what is different about it. */
  class?: string;
  /** Its rows. */
  children: ComponentChildren;
}) {
  return (
    <div
      class={props.class === undefined ? "data-table" : `data-table ${props.class}`}
      tabIndex={0}
      role="region"
      aria-labelledby={props.labelledBy}
    >
      <table>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
