/** The chat: rooms on one side, people on the other, the talk between them. The room is part of the address. */
import { useEffect, useMemo, useState } from "preact/hooks";

import { useSpeech } from "../../language/language.tsx";
import { useLine } from "../../line/line-context.ts";
import { rememberName, rememberedName } from "../../line/person.ts";
import { usePacedValue, useValue } from "../../shell/observable.ts";
import { chatRooms } from "./chat-rooms.ts";
import { Composer } from "./composer.tsx";
import { MessageLog } from "./message-log.tsx";
import { NameCard } from "./name-card.tsx";
import { People } from "./people.tsx";
import { RoomHeader } from "./room-header.tsx";
import { cleanRoomName, frontRoom } from "./room-name.ts";
import { Rooms } from "./rooms.tsx";
import { useUnreadTitle } from "./unread-title.ts";
import "./chat.css";

/** Lines come faster than anybody reads where many talk, and each picture is laid out anew. */
const drawnEveryMs = 100;

export function Chat(props: { parts: readonly string[] }) {
  const line = useLine();
  const [name, setName] = useState(rememberedName);
  const [naming, setNaming] = useState(false);
  const room = cleanRoomName(props.parts[0] ?? "") || frontRoom;

  useEffect(() => {
    if (name !== "") line.open(name);
  }, [line, name]);

  const join = (chosen: string): void => {
    rememberName(chosen);
    setName(chosen);
    setNaming(false);
  };

  if (name === "" || naming) {
    return (
      <NameCard
        room={room}
        name={name}
        onJoin={join}
        {...(naming && { onCancel: () => setNaming(false) })}
      />
    );
  }
  return <OpenRoom key={room} name={name} room={room} onRename={() => setNaming(true)} />;
}

function OpenRoom(props: { name: string; room: string; onRename: () => void }) {
  const { words } = useSpeech();
  const rooms = chatRooms(useLine());
  const room = useMemo(() => rooms.open(props.room), [rooms, props.room]);
  useEffect(() => room.watch(), [room]);
  const lines = usePacedValue(room.lines, drawnEveryMs);
  const members = useValue(room.members);
  const problem = useValue(room.problem);
  const self = useValue(room.self);
  const [peopleShown, showPeople] = useState(false);
  useUnreadTitle(lines, `#${props.room}`);

  return (
    <div class="chat" data-people={peopleShown ? "shown" : undefined}>
      <Rooms rooms={rooms} current={props.room} />
      <section class="talk" aria-label={`#${props.room}`}>
        <RoomHeader
          room={props.room}
          count={new Set(members.map((member) => member.name)).size}
          peopleShown={peopleShown}
          onTogglePeople={() => showPeople(!peopleShown)}
        />
        {problem !== undefined && <p class="problem">{words.chat.refused(problem)}</p>}
        <MessageLog room={room} lines={lines} />
        <Composer room={props.room} onSend={(text) => room.say(props.name, text)} />
      </section>
      <People members={members} self={self} onRename={props.onRename} />
    </div>
  );
}
