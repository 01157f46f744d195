import type { JSX } from "preact";
import type { RoomModel } from "../model/room-model.ts";
import { Composer } from "./composer.tsx";
import { DropZone } from "./drop-zone.tsx";
import { LineNotice } from "./line-notice.tsx";
import { MessageLog } from "./message-log.tsx";
import { RoomHeader } from "./room-header.tsx";
import { TypingLine } from "./typing-line.tsx";
import "./room-view.css";

interface RoomViewProps {
  readonly room: RoomModel;
  readonly showsMenu: boolean;
  readonly onMenu: () => void;
  /** Given when people are not shown beside the room. */
  readonly onPeople?: () => void;
  readonly joining: boolean;
  readonly onJoin: () => void;
}

export function RoomView(props: RoomViewProps): JSX.Element {
  const { room } = props;
  return (
    <main class="room" data-testid="room" data-room={room.id}>
      <RoomHeader {...props} />
      <LineNotice />
      <DropZone room={room}>
        {room.refusal.value === undefined ? (
          <MessageLog key={room.id} room={room} />
        ) : (
          <p class="room-refusal" role="alert">
            {room.refusal.value}
          </p>
        )}
        <TypingLine room={room} />
        <Composer key={room.id} room={room} />
      </DropZone>
    </main>
  );
}
