/** What links over HTTP need of the platform and of the server: `fetch`, and addresses. */

/** The part of `fetch` that is used here; that of browsers, Node.js and others fits. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Posts JSON, with cookies to the page's own server alone. */
export function postJson(
  fetch: Fetch,
  url: string,
  body: object,
  init: Pick<RequestInit, "signal" | "keepalive"> = {},
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "same-origin",
    ...init,
  });
}
