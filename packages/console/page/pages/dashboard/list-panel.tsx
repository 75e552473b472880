/** The frame of a list: a heading, what is looked for, a table, and the way to more. */
import type { ComponentChildren } from "preact";

import { DataTable } from "../../shell/data-table.tsx";
import { useDashboardWords } from "./dashboard-words.ts";
import type { PagedList } from "./paged-list.ts";

export function ListPanel(props: {
  id: string;
  heading: string;
  search: string;
  onSearch: (text: string) => void;
  list: PagedList<unknown>;
  fault?: string | undefined;
  empty: string;
  columns: readonly string[];
  beside?: ComponentChildren;
  children: ComponentChildren;
}) {
  const words = useDashboardWords();
  const { id, list } = props;
  const problem = props.fault ?? list.problem;
  return (
    <section class="panel">
      <div class="dashboard-list-head">
        <h2 id={id}>{props.heading}</h2>
        <input
          type="search"
          placeholder={props.search}
          aria-label={props.search}
          onChange={(event) => props.onSearch(event.currentTarget.value.trim())}
        />
        {props.beside}
        <button type="button" class="button" onClick={list.refresh}>
          {words.refresh}
        </button>
      </div>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {words.failed(problem)}
        </p>
      )}
      {list.rows.length === 0 ? (
        <p class="hint">{props.empty}</p>
      ) : (
        <DataTable labelledBy={id} columns={props.columns}>
          {props.children}
        </DataTable>
      )}
      {list.hasMore && (
        <button type="button" class="button quiet" onClick={list.more}>
          {words.more}
        </button>
      )}
    </section>
  );
}
