/**
 * Who connects to an open server: a guest under the name it asks for. There is no proof behind such a name; an
 * application that needs one gives a `connect` hook of its own.
 */
import type { ConnectAttempt, ConnectGrant } from "@tautline/hub";

/** In code points. */
const longestName = 40;

/** Grants everybody, and shows others the name from `{ "name": … }` in the connect command's data, if there is one. */
export function guestGrant({ data }: Pick<ConnectAttempt, "data">): ConnectGrant {
  const name = nameIn(data);
  return name === undefined ? {} : { info: { name } };
}

function nameIn(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !("name" in data)) return undefined;
  if (typeof data.name !== "string") return undefined;
  // Enough for any name of that many characters, whatever length was sent.
  const visible = data.name
    .slice(0, longestName * 4)
    .replace(/\p{Cc}/gu, "")
    .trim();
  const name = Array.from(visible).slice(0, longestName).join("");
  return name === "" ? undefined : name;
}
