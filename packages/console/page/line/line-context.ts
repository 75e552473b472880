/** The one line to the hub that all pages share. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { HubLine } from "./hub-line.ts";

export const LineContext = createContext<HubLine | undefined>(undefined);

export function useLine(): HubLine {
  const line = useContext(LineContext);
  if (line === undefined) throw new Error("A component that needs the line stands outside <App>.");
  return line;
}
