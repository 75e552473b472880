/** The rooms this browser has been in, and the way into another one. Each is a link, so it can be opened in a new tab. */
import { useEffect, useState } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { CloseIcon } from "../../shell/icons.tsx";
import { rememberList, rememberedList } from "../../shell/memory.ts";
import type { Observable } from "../../shell/observable.ts";
import { useValue } from "../../shell/observable.ts";
import { routeHash } from "../../shell/route.ts";
import type { ChatRooms } from "./chat-rooms.ts";
import { cleanRoomName, frontRoom, longestRoomName } from "./room-name.ts";
import type { Room } from "./room.ts";

const roomsKey = "rooms";
const keptRooms = 20;

/** The front room, the rooms remembered last, and the current one, each once. */
function knownRooms(current: string): readonly string[] {
  const remembered = rememberedList(roomsKey).map(cleanRoomName).slice(-keptRooms);
  return [...new Set([frontRoom, ...remembered, current])].filter((room) => room !== "");
}

export function Rooms(props: { rooms: ChatRooms; current: string }) {
  const words = useWords();
  const [rooms, setRooms] = useState(() => knownRooms(props.current));

  useEffect(() => rememberList(roomsKey, rooms), [rooms]);

  const forget = (room: string): void => {
    setRooms(rooms.filter((known) => known !== room));
    props.rooms.forget(room);
    if (room === props.current) location.hash = routeHash("chat", frontRoom);
  };

  return (
    <nav class="rooms" aria-label={words.chat.rooms}>
      <h2>{words.chat.rooms}</h2>
      <ul>
        {rooms.map((room) => (
          <li key={room}>
            <a
              href={routeHash("chat", room)}
              aria-current={room === props.current ? "true" : undefined}
            >
              <span class="hash" aria-hidden="true">
                #
              </span>
              <bdi>{room}</bdi>
              <Unread room={props.rooms.entered(room)} />
            </a>
            {room !== frontRoom && (
              <button
                type="button"
                class="icon-button small"
                aria-label={words.chat.forgetRoom(room)}
                onClick={() => forget(room)}
              >
                <CloseIcon />
              </button>
            )}
          </li>
        ))}
      </ul>
      <OpenRoomForm />
    </nav>
  );
}

/** How many messages came in while another room was looked at. */
function Unread(props: { room: Room | undefined }) {
  return props.room === undefined ? null : <UnreadCount count={props.room.unread} />;
}

function UnreadCount(props: { count: Observable<number> }) {
  const words = useWords();
  const count = useValue(props.count);
  if (count === 0) return null;
  return (
    <span class="unread">
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span class="hidden">{words.chat.newMessages(count)}</span>
    </span>
  );
}

function OpenRoomForm() {
  const words = useWords();
  const [text, setText] = useState("");
  const cleaned = cleanRoomName(text);
  const open = (event: Event): void => {
    event.preventDefault();
    if (cleaned !== "") location.hash = routeHash("chat", cleaned);
    setText("");
  };
  return (
    <form class="open-room" onSubmit={open}>
      <input
        value={text}
        maxLength={longestRoomName * 2}
        placeholder={words.chat.openRoomHint}
        aria-label={words.chat.roomName}
        autocomplete="off"
        autocapitalize="none"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={cleaned === ""}>
        {words.chat.openRoom}
      </button>
    </form>
  );
}
