import type { JSX } from "preact";
import { Dialog } from "../../../ui/dialog.tsx";
import type { RoomModel } from "../model/room-model.ts";
import { useChat } from "./chat-context.ts";

export function LeaveRoomDialog({
  room,
  onClose,
}: {
  room: RoomModel;
  onClose: () => void;
}): JSX.Element {
  const chat = useChat();
  const waiting = room.entries.value.length;
  return (
    <Dialog label="Leave room" onClose={onClose} testId="leave-dialog">
      <h2>
        Leave <span dir="auto">{room.title.value}</span>?
      </h2>
      <p>
        It goes off your list. Its messages stay, and its link leads back.
        {waiting > 0 && ` ${waiting} unsent messages are thrown away.`}
      </p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          Stay
        </button>
        <button
          type="button"
          class="button"
          data-kind="primary"
          data-testid="leave-confirm"
          onClick={() => {
            onClose();
            chat.leaveRoom(room);
          }}
        >
          Leave
        </button>
      </div>
    </Dialog>
  );
}
