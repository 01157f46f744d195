import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { Choice } from "../../../ui/choice.tsx";
import { CodeBlock } from "../../../ui/code-block.tsx";
import { IconButton } from "../../../ui/icon-button.tsx";
import type { RoomModel } from "../model/room-model.ts";
import { snippetsFor } from "../model/snippets.ts";
import type { Snippet } from "../model/snippets.ts";
import { useChat } from "./chat-context.ts";
import { FrameView } from "./frame-view.tsx";
import { GuestView } from "./guest-view.tsx";
import "./join-panel.css";

/** How to come into the room from elsewhere, with what any language has. */
export function JoinPanel({
  room,
  onClose,
}: {
  room: RoomModel;
  onClose: () => void;
}): JSX.Element {
  const { doors } = useChat();
  const chosen = useSignal<Snippet["id"]>("python");
  const snippets = snippetsFor({
    origin: location.origin,
    room: room.id,
    doors: doors.value,
  });
  const shown = snippets.find(({ id }) => id === chosen.value) ?? snippets[0];
  return (
    <div class="join" data-testid="join-panel">
      <div class="join-head">
        <h2>Join from anywhere</h2>
        <IconButton icon="close" label="Close" testId="join-close" onClick={onClose} />
      </div>
      <section class="join-part" aria-labelledby="join-copy">
        <h3 id="join-copy">Copy, and run it</h3>
        <p>
          One port, every language. Each of these joins <bdi>{room.title.value}</bdi> over this
          server, without a library of ours.
        </p>
        <Choice
          label="From where"
          name="join-from"
          labelHidden
          options={snippets.map(({ id, label }) => ({ value: id, label }))}
          value={shown?.id ?? chosen.value}
          onChange={(id) => {
            chosen.value = id;
          }}
          testId="join-from"
        />
        {shown !== undefined && (
          <>
            <CodeBlock label={shown.label} code={shown.code} testId="join-code" />
            <p class="join-hint">{hintOf(shown, doors.value.publishing.locked)}</p>
          </>
        )}
      </section>
      <GuestView room={room} />
      <FrameView room={room} />
    </div>
  );
}

function hintOf({ id, hint }: Snippet, locked: boolean): string {
  return id === "http" && locked ? `${hint} npm start prints the key.` : hint;
}
