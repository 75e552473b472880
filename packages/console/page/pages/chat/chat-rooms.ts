/** The rooms this window has been in since it was opened: all stay entered, whichever of them is looked at. */
import type { HubLine } from "../../line/hub-line.ts";
import { Room } from "./room.ts";

export class ChatRooms {
  readonly #line: HubLine;
  readonly #rooms = new Map<string, Room>();

  constructor(line: HubLine) {
    this.#line = line;
    line.client.onChange((client) => {
      for (const room of this.#rooms.values()) {
        if (client === undefined) room.leave();
        else room.enter(client);
      }
    });
  }

  /** The room of that name, entered. */
  open(name: string): Room {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const room = new Room(name);
    this.#rooms.set(name, room);
    const client = this.#line.client.value;
    if (client !== undefined) room.enter(client);
    return room;
  }

  /** The room of that name, if it has been entered. */
  entered(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  /** Leaves the room and forgets what was said there. */
  forget(name: string): void {
    this.#rooms.get(name)?.leave();
    this.#rooms.delete(name);
  }
}

const roomsByLine = new WeakMap<HubLine, ChatRooms>();

/** The rooms of a line; they outlive the view, as the line does. */
export function chatRooms(line: HubLine): ChatRooms {
  const known = roomsByLine.get(line) ?? new ChatRooms(line);
  roomsByLine.set(line, known);
  return known;
}
