import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { lobby, pathOfRoom } from "../../../../../shared/chat/room-id.ts";
import { copyText } from "../../../shell/clipboard.ts";
import { toast } from "../../../shell/toasts.ts";
import { Icon } from "../../../ui/icon.tsx";
import { IconButton } from "../../../ui/icon-button.tsx";
import { unreadText } from "../model/page-title.ts";
import type { RoomModel } from "../model/room-model.ts";
import { useChat } from "./chat-context.ts";
import { LeaveRoomDialog } from "./leave-room-dialog.tsx";
import { LineStatus } from "./line-status.tsx";

interface RoomHeaderProps {
  readonly room: RoomModel;
  readonly showsMenu: boolean;
  readonly onMenu: () => void;
  readonly onPeople?: () => void;
  /** The panel that shows how to join from elsewhere is open. */
  readonly joining: boolean;
  readonly onJoin: () => void;
}

export function RoomHeader(props: RoomHeaderProps): JSX.Element {
  const { room, showsMenu, onMenu, onPeople } = props;
  const { doors } = useChat();
  const leaving = useSignal(false);
  return (
    <header class="room-header">
      {showsMenu && <MenuButton room={room} onMenu={onMenu} />}
      <div class="room-name">
        <h1 dir="auto" title={room.title.value} data-testid="room-name">
          {room.title.value}
        </h1>
        <LineStatus />
      </div>
      <div class="room-actions">
        {doors.value.wires.length > 0 && (
          <JoinButton joining={props.joining} onJoin={props.onJoin} />
        )}
        <button
          type="button"
          class="button"
          data-kind="soft"
          data-testid="copy-link"
          onClick={() => void copyLink(room.id)}
        >
          <Icon name="link" />
          <span>Copy link</span>
        </button>
        {onPeople !== undefined && (
          <IconButton
            icon="people"
            label={`People here: ${room.members.value.length}`}
            testId="show-people"
            onClick={onPeople}
          >
            {room.joined.value && room.members.value.length > 1 && (
              <span class="badge" aria-hidden="true">
                {room.members.value.length}
              </span>
            )}
          </IconButton>
        )}
        {room.id !== lobby && (
          <IconButton
            icon="door"
            label="Leave room"
            testId="leave-room"
            onClick={() => {
              leaving.value = true;
            }}
          />
        )}
      </div>
      {leaving.value && (
        <LeaveRoomDialog
          room={room}
          onClose={() => {
            leaving.value = false;
          }}
        />
      )}
    </header>
  );
}

function JoinButton({ joining, onJoin }: Pick<RoomHeaderProps, "joining" | "onJoin">): JSX.Element {
  return (
    <button
      type="button"
      class="button room-join"
      data-kind="soft"
      data-testid="join-from-anywhere"
      title="Join from anywhere"
      aria-expanded={joining}
      onClick={onJoin}
    >
      <Icon name="terminal" />
      <span>Join from anywhere</span>
    </button>
  );
}

function MenuButton({ room, onMenu }: { room: RoomModel; onMenu: () => void }): JSX.Element {
  const { rooms } = useChat();
  const elsewhere = rooms.value.reduce(
    (sum, other) => (other === room ? sum : sum + other.unread.value),
    0,
  );
  const label = elsewhere === 0 ? "Rooms" : `Rooms, ${elsewhere} unread`;
  return (
    <IconButton icon="menu" label={label} testId="menu" onClick={onMenu}>
      {elsewhere > 0 && (
        <span class="badge" aria-hidden="true">
          {unreadText(elsewhere)}
        </span>
      )}
    </IconButton>
  );
}

async function copyLink(roomId: string): Promise<void> {
  const link = new URL(pathOfRoom(roomId), location.href).href;
  if (!(await copyText(link))) toast(`The link of this room: ${link}`);
  else if (isThisComputer(location.hostname))
    toast("Link copied. It works on this computer only: start with HOST=0.0.0.0 to let others in.");
  else toast("Link copied. Whoever has it can enter.");
}

function isThisComputer(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host.startsWith("127.") ||
    host === "[::1]"
  );
}
