/**
 * The page's addresses: `#/<page>/<part>/…`. The hash is used because the page is a set of static files and may be
 * served below any path. It splits and joins; what the parts mean is the page's business.
 */
import { useEffect, useState } from "preact/hooks";

export interface Route {
  /** The first part, which names the page; empty at the front door. */
  readonly page: string;
  /** The other parts, decoded. */
  readonly parts: readonly string[];
}

/** Reads a hash. A part that is not valid percent-encoding is taken as it stands. */
export function parseRoute(hash: string): Route {
  const [page = "", ...parts] = hash
    .replace(/^#?\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
  return { page, parts };
}

/** The hash that `parseRoute` reads as this page and these parts. */
export function routeHash(page: string, ...parts: readonly string[]): string {
  return `#/${[page, ...parts].map(encodeURIComponent).join("/")}`;
}

/** The route of the address bar, followed as it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(parseRoute(location.hash));
    // The address may have changed between the first rendering and this effect.
    follow();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
