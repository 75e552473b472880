/**
 * What the page remembers between visits, in the browser's local storage. Storage may be forbidden or full (private
 * windows, policies): then the page works and forgets.
 */
const prefix = "tautline.";

export function rememberedText(key: string): string | undefined {
  try {
    return localStorage.getItem(prefix + key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberText(key: string, value: string): void {
  try {
    localStorage.setItem(prefix + key, value);
  } catch {
    // Forgetting is the fallback.
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(prefix + key);
  } catch {
    // It was never there.
  }
}

/** A remembered list of texts; anything else found under the key counts as an empty list. */
export function rememberedList(key: string): readonly string[] {
  const text = rememberedText(key);
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}

export function rememberList(key: string, values: readonly string[]): void {
  rememberText(key, JSON.stringify(values));
}
