import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { IconButton } from "../../../ui/icon-button.tsx";
import { unreadText } from "../model/page-title.ts";
import type { Post } from "../model/post.ts";
import type { RoomModel } from "../model/room-model.ts";
import { rowsOf } from "../model/rows.ts";
import type { Row } from "../model/rows.ts";
import { useChat } from "./chat-context.ts";
import { Lightbox } from "./lightbox.tsx";
import { LogRow } from "./log-row.tsx";
import { useLogScroll } from "./log-scroll.ts";
import "./message-log.css";

export function MessageLog({ room }: { room: RoomModel }): JSX.Element {
  const chat = useChat();
  const shownPicture = useSignal<Post | undefined>(undefined);
  const rows = useComputed(() => rowsOfRoom(room));
  const posts = room.posts.value;
  const last = posts.at(-1);
  const { log, onScroll, toEnd } = useLogScroll({
    firstKey: posts[0]?.key,
    lastOwnKey: last?.mine === true ? last.key : undefined,
    content: rows.value,
    onEnd: (atEnd) => {
      room.atEnd.value = atEnd;
    },
    onStart: () => void chat.loadOlder(room),
  });
  // Kept while nothing changes, so that rows are not drawn again.
  const onPicture = useMemo(
    () => (post: Post) => {
      shownPicture.value = post;
    },
    [],
  );
  return (
    <div class="log-frame">
      <div
        ref={log}
        class="log"
        role="log"
        aria-label={`Messages in ${room.title.value}`}
        aria-busy={!room.loaded.value || room.loadingOlder.value}
        tabIndex={0}
        data-testid="log"
        onScroll={onScroll}
      >
        <div class="log-content">
          <LogStart room={room} />
          <ol>
            {rows.value.map((row) => (
              <LogRow key={row.key} row={row} onPicture={onPicture} />
            ))}
          </ol>
        </div>
      </div>
      {!room.atEnd.value && (
        <IconButton
          icon="down"
          label={endLabel(room.unread.value)}
          class="to-end"
          testId="to-end"
          onClick={toEnd}
        >
          {room.unread.value > 0 && (
            <span class="badge" aria-hidden="true">
              {unreadText(room.unread.value)}
            </span>
          )}
        </IconButton>
      )}
      {shownPicture.value !== undefined && (
        <Lightbox
          post={shownPicture.value}
          onClose={() => {
            shownPicture.value = undefined;
          }}
        />
      )}
    </div>
  );
}

function rowsOfRoom({ posts, newAfter, seen }: RoomModel): Row[] {
  return rowsOf(posts.value, { newAfter: newAfter.value, seen: seen.value });
}

/** What stands above the first message: more of them, or the beginning of the room. */
function LogStart({ room }: { room: RoomModel }): JSX.Element {
  const chat = useChat();
  if (!room.loaded.value) {
    const text =
      room.posts.value.length > 0 ? "" : "Messages appear here as soon as there is a connection.";
    return <p class="log-note">{chat.line.state.value === "open" ? "Loading…" : text}</p>;
  }
  if (room.timeline.value.older !== undefined) {
    return (
      <div class="log-older">
        <button
          type="button"
          class="button"
          data-kind="quiet"
          data-testid="load-older"
          disabled={room.loadingOlder.value || !room.joined.value}
          onClick={() => void chat.loadOlder(room)}
        >
          {room.loadingOlder.value ? "Loading older messages…" : "Show older messages"}
        </button>
      </div>
    );
  }
  return (
    <div class="log-beginning" data-testid="beginning">
      <h2 dir="auto">{room.title.value}</h2>
      <p>
        {room.posts.value.length === 0
          ? "Nothing has been said here yet. Write the first message, or drop a picture."
          : "This is where the room begins."}
      </p>
    </div>
  );
}

function endLabel(unread: number): string {
  return unread === 0 ? "To the newest message" : `To the newest message, ${unread} unread`;
}
