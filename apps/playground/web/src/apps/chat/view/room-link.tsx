import type { JSX } from "preact";
import { pathOfRoom } from "../../../../../shared/chat/room-id.ts";
import { Avatar } from "../../../ui/avatar.tsx";
import { unreadText } from "../model/page-title.ts";
import type { Post } from "../model/post.ts";
import type { RoomModel } from "../model/room-model.ts";
import { briefText } from "../model/times.ts";
import { useChat } from "./chat-context.ts";

export function RoomLink({
  room,
  onChosen,
}: {
  room: RoomModel;
  onChosen: () => void;
}): JSX.Element {
  const chat = useChat();
  const last = room.posts.value.at(-1);
  const unread = room.unread.value;
  return (
    <a
      class="room-link"
      href={pathOfRoom(room.id)}
      aria-current={chat.current.value === room ? "page" : undefined}
      data-unread={unread > 0}
      data-testid="room-link"
      data-room={room.id}
      onClick={(event) => {
        // A new tab or window stays the browser's affair.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        chat.open(room.id);
        onChosen();
      }}
    >
      <Avatar member={{ id: room.id, name: room.title.value }} />
      <span class="room-link-text">
        <span class="room-link-title" dir="auto">
          {room.title.value}
        </span>
        <Preview room={room} />
      </span>
      <span class="room-link-end">
        {last && <time>{briefText(last.at, Date.now())}</time>}
        {unread > 0 && (
          <span class="badge" data-testid="unread">
            {unreadText(unread)}
            <span class="visually-hidden"> unread</span>
          </span>
        )}
      </span>
    </a>
  );
}

/** The draft that waits here, else what was said last. */
function Preview({ room }: { room: RoomModel }): JSX.Element | null {
  const chat = useChat();
  const last = room.posts.value.at(-1);
  const draft = chat.current.value === room ? "" : room.draft.value.trim();
  if (draft === "" && last === undefined) return null;
  // Each in its own direction: a name may be written from the right, and the text after it from the left.
  return (
    <span class="room-link-preview">
      <bdi>{draft === "" ? nameOf(last) : "Draft"}</bdi>:{" "}
      <bdi>{draft === "" ? last?.text || "Picture" : draft}</bdi>
    </span>
  );
}

function nameOf(post: Post | undefined): string {
  return post === undefined || post.mine ? "You" : post.author.name;
}
