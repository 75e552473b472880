/**
 * Takes out of a text what nobody should read in it: the secrets that the program was given, tokens of clients, and passwords in
 * addresses. It is the last thing before a line is written, so that no error from anywhere carries one along.
 */

export const maskText = "***";

/** JSON Web Tokens (RFC 7515 §3.1): their header begins with a brace, which is `ey` in base64url. */
const token = /\bey[\w-]{8,}\.[\w-]{8,}\.[\w-]*/gu;

/** Members of JSON whose values are secrets by their name. */
const secretMember =
  /("(?:authorization|cookie|set-cookie|x-api-key|api_?key|token|password|secret)s?":)(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])/giu;

/** The user and the password in an address (RFC 3986 §3.2.1). */
const password = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*):[^\s/?#]*@/giu;

/** In an address of NATS, what stands alone there is no user but a token. */
const loneToken = /(\b(?:nats|tls):\/\/)[^\s/?#:@]+@/giu;

/** An address with the password in it replaced, as in `redis://ann:***@host`. */
export function withoutPassword(text: string): string {
  return text.replaceAll(password, `$1:${maskText}@`).replaceAll(loneToken, `$1${maskText}@`);
}

/** A function that takes these secrets, and what looks like one, out of a text. They are found as they stand, and as JSON has them. */
export function maskFor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  // The longer first: one may be the beginning of another.
  const known = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) => {
    const without = known.reduce((rest, secret) => rest.replaceAll(secret, maskText), text);
    return withoutPassword(without)
      .replaceAll(token, maskText)
      .replaceAll(secretMember, `$1"${maskText}"`);
  };
}
