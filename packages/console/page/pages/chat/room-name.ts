/**
 * Names of rooms and of people: what is allowed, how they are cleaned, and which channel a room is. It decides for this
 * page only; the server has its own limits.
 */

/** In characters as people count them in code points, not UTF-16 units. */
export const longestRoomName = 24;
export const longestPersonName = 24;
export const frontRoom = "lobby";

/**
 * Control characters, line separators and the characters that turn the direction of the text around them or show
 * nothing at all: a name made of them could pose as another name.
 */
const unprintable =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu;

function clean(text: string, longest: number): string {
  const visible = text.normalize("NFC").replace(unprintable, "").replace(/\s+/gu, " ").trim();
  return Array.from(visible).slice(0, longest).join("").trim();
}

/** A room's name as the page shows it, from an address or a text field; empty when nothing usable is left. */
export function cleanRoomName(text: string): string {
  return clean(text.replace(/^#+/u, ""), longestRoomName).replaceAll("/", "-").toLowerCase();
}

/** A person's name as the page shows it; empty when nothing usable is left. */
export function cleanPersonName(text: string): string {
  return clean(text, longestPersonName);
}

/**
 * The channel of a room: `chat` for the front room, so that the shortest program on the server hears it, and `chat:…`
 * for every other. Channel names travel in ASCII, so that any client library can be given them; the longest room name
 * stays below 255 characters in this form.
 */
export function roomChannel(room: string): string {
  return room === frontRoom ? "chat" : `chat:${encodeURIComponent(room)}`;
}
