/** A list from the server, a page at a time: loaded when it is asked for, and again when what it is asked for changes. */
import { useCallback, useEffect, useState } from "preact/hooks";

import type { Page } from "./server-call.ts";

export interface PagedList<Row> {
  readonly rows: readonly Row[];
  readonly problem: string | undefined;
  readonly hasMore: boolean;
  readonly refresh: () => void;
  readonly more: () => void;
}

/** `load` has to stay the same function as long as it loads the same. */
export function usePagedList<Row>(
  load: (cursor: string | undefined) => Promise<Page<Row>>,
): PagedList<Row> {
  const [pages, setPages] = useState<readonly Page<Row>[]>([]);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const fetchPage = useCallback(
    async (before: readonly Page<Row>[]): Promise<void> => {
      try {
        const page = await load(before.at(-1)?.next);
        setPages([...before, page]);
        setProblem(undefined);
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    },
    [load],
  );
  useEffect(() => void fetchPage([]), [fetchPage]);
  return {
    rows: pages.flatMap(({ rows }) => rows),
    problem,
    hasMore: pages.at(-1)?.next !== undefined,
    refresh: () => void fetchPage([]),
    more: () => void fetchPage(pages),
  };
}
