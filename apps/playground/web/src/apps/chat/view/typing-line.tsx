import type { JSX } from "preact";
import type { RoomModel } from "../model/room-model.ts";
import { typingText } from "../model/typing-board.ts";

/** Its height is always kept free, so that nothing jumps. Not read aloud: it would never end. */
export function TypingLine({ room }: { room: RoomModel }): JSX.Element {
  const names = room.typing.value;
  return (
    <div class="typing-line" data-testid="typing">
      {names.length > 0 && (
        <>
          <span>{typingText(names)}</span>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
        </>
      )}
    </div>
  );
}
