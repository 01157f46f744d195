import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { limits } from "../../../../../shared/chat/limits.ts";
import { toast } from "../../../shell/toasts.ts";
import { Icon } from "../../../ui/icon.tsx";
import type { RoomModel } from "../model/room-model.ts";
import { useChat } from "./chat-context.ts";
import { MessageField } from "./message-field.tsx";
import { PictureButton } from "./picture-button.tsx";
import { addPictures } from "./pictures-from.ts";
import { StagedPictures } from "./staged-pictures.tsx";
import "./composer.css";

/** From here on the number of characters left is shown. */
const countedFrom = limits.textCharsMax - 400;

export function Composer({ room }: { room: RoomModel }): JSX.Element {
  const chat = useChat();
  const field = useRef<HTMLTextAreaElement>(null);
  const busy = useSignal(false);
  const draft = room.draft.value;
  const charsLeft = limits.textCharsMax - draft.length;
  const empty = draft.trim() === "" && room.staged.value.length === 0;

  const send = (): void => {
    field.current?.focus();
    if (charsLeft < 0) toast(`This message is ${-charsLeft} characters too long.`, "bad");
    else if (!empty && !busy.value) chat.send(room);
  };
  const add = async (files: readonly File[]): Promise<void> => {
    busy.value = true;
    await addPictures(room, files);
    busy.value = false;
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <StagedPictures room={room} />
      <div class="composer-row">
        <PictureButton onFiles={(files) => void add(files)} />
        <MessageField
          field={field}
          room={room.title.value}
          draft={draft}
          invalid={charsLeft < 0}
          onDraft={(text) => chat.write(room, text)}
          onFiles={(files) => void add(files)}
          onSend={send}
        />
        {draft.length >= countedFrom && (
          <span class="composer-count" data-over={charsLeft < 0} data-testid="count">
            {charsLeft}
          </span>
        )}
        <button
          type="submit"
          class="send"
          aria-label="Send"
          title="Send"
          disabled={empty || busy.value}
          data-testid="send"
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
