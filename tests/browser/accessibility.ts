/**
 * Holds a page to what can be checked of WCAG 2.2 (levels A and AA) by a program: axe, run in the page. What it cannot see, such as
 * whether words make sense, it does not say.
 */
import axe from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

export interface Scope {
  /** A selector; the whole page without one. */
  readonly within?: string;
  /** Rules that are not asked about. */
  readonly without?: readonly string[];
}

/** Each rule that is broken, and where. */
export async function accessibilityViolations(
  page: Page,
  { within, without = [] }: Scope = {},
): Promise<readonly Violation[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const options = {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
    resultTypes: ["violations"],
  };
  return page.evaluate<readonly Violation[]>(`
    axe.run(${within === undefined ? "document" : JSON.stringify(within)}, ${JSON.stringify(options)})
      .then(({ violations }) => violations.map(({ id, help, nodes }) => ({
        id, help, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })),
      })))
  `);
}
