import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { cleanTitle } from "../../../../../shared/chat/clean-text.ts";
import { refusals } from "../../../../../shared/chat/errors.ts";
import { limits } from "../../../../../shared/chat/limits.ts";
import { roomOfLink } from "../../../../../shared/chat/room-id.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { TextField } from "../../../ui/text-field.tsx";
import { useChat } from "./chat-context.ts";

interface NewRoomDialogProps {
  readonly onClose: () => void;
  /** After a room was opened. */
  readonly onDone: () => void;
}

/** One field for both: a name makes a room, a link opens one. */
export function NewRoomDialog({ onClose, onDone }: NewRoomDialogProps): JSX.Element {
  const chat = useChat();
  const text = useSignal("");
  const error = useSignal<string | undefined>(undefined);
  const linked = /\/r\//.test(text.value) ? roomOfLink(text.value) : undefined;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (linked === undefined) error.value = await makeRoom(text.value);
    else chat.open(linked);
    if (error.value !== undefined) return;
    onClose();
    onDone();
  };
  const makeRoom = async (raw: string): Promise<string | undefined> => {
    const title = cleanTitle(raw);
    if (title === undefined) return refusals["bad-title"];
    const reply = await chat.createRoom(title);
    if (reply === undefined) return "A room is made by the server, and there is no connection now.";
    return reply.ok ? undefined : reply.error.text;
  };
  return (
    <Dialog label="New room" onClose={onClose} testId="new-room-dialog">
      <form onSubmit={(event) => void submit(event)}>
        <h2>New room</h2>
        <TextField
          label="Name of the room, or a link to one"
          value={text.value}
          onInput={(value) => {
            text.value = value;
            error.value = undefined;
          }}
          hint="Whoever has a room's link can enter it."
          error={error.value}
          charsMax={limits.roomTitleCharsMax}
          autoFocus
          testId="room-title"
        />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button" data-kind="primary" data-testid="create-room">
            {linked === undefined ? "Create room" : "Open room"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
