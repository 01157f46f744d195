import type { JSX } from "preact";
import type { Member } from "../../../../../shared/chat/events.ts";
import { Avatar } from "../../../ui/avatar.tsx";
import { WireTag } from "../../../ui/wire-tag.tsx";
import { IconButton } from "../../../ui/icon-button.tsx";
import type { RoomModel } from "../model/room-model.ts";
import { useChat } from "./chat-context.ts";
import "./people-panel.css";

/** Who is in the room. While the line is lost nobody can know, and the panel says so. */
export function PeoplePanel({
  room,
  onClose,
}: {
  room: RoomModel;
  onClose?: () => void;
}): JSX.Element {
  const { me } = useChat();
  const members = room.members.value.toSorted(byName);
  const known = room.joined.value;
  return (
    <div class="people">
      <div class="people-head">
        <h2 id="people-title">
          Here now <span data-testid="people-count">{known ? members.length : ""}</span>
        </h2>
        {onClose !== undefined && <IconButton icon="close" label="Close" onClick={onClose} />}
      </div>
      <ul aria-labelledby="people-title" data-testid="people" data-known={known}>
        {members.map((member) => (
          <li key={member.id}>
            <Avatar member={member} size="small" />
            <span class="people-who">
              <span class="people-name" dir="auto">
                {member.name}
              </span>
              {member.id === me.value.id && <span class="people-you">you</span>}
              <WireTag wire={member.wire} />
            </span>
          </li>
        ))}
      </ul>
      {!known && <p class="people-note">Without a connection this may be out of date.</p>}
      {known && members.length === 1 && (
        <p class="people-note">
          Nobody else so far. Copy the link of this room and send it to someone.
        </p>
      )}
    </div>
  );
}

function byName(a: Member, b: Member): number {
  return a.name.localeCompare(b.name) || (a.wire ?? "").localeCompare(b.wire ?? "");
}
