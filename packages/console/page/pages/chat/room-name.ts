/**
 * Names of rooms: what is allowed, how they are cleaned, and which channel a room is. It decides for this page only; the server
 * has its own limits.
 */
import { visibleText } from "../../shell/visible-text.ts";

/** In characters as people count them in code points, not UTF-16 units. */
export const longestRoomName = 24;
export const frontRoom = "lobby";

/** A room's name as the page shows it, from an address or a text field; empty when nothing usable is left. */
export function cleanRoomName(text: string): string {
  return visibleText(text.replace(/^#+/u, ""), longestRoomName).replaceAll("/", "-").toLowerCase();
}

/**
 * The channel of a room: `chat` for the front room, so that the shortest program on the server hears it, and `chat:…`
 * for every other. Channel names travel in ASCII, so that any client library can be given them; the longest room name
 * stays below 255 characters in this form.
 */
export function roomChannel(room: string): string {
  return room === frontRoom ? "chat" : `chat:${encodeURIComponent(room)}`;
}
