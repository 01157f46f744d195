import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { RoomModel } from "../model/room-model.ts";
import { addPictures } from "./pictures-from.ts";

/** Files dropped anywhere on the room are staged as pictures. */
export function DropZone({
  room,
  children,
}: {
  room: RoomModel;
  children: ComponentChildren;
}): JSX.Element {
  // Enter and leave come for each element inside: only their balance tells.
  const depth = useSignal(0);
  return (
    <div
      class="drop-zone"
      data-testid="drop-zone"
      onDragEnter={(event) => {
        if (carriesFiles(event)) depth.value++;
      }}
      onDragLeave={(event) => {
        if (carriesFiles(event)) depth.value = Math.max(0, depth.value - 1);
      }}
      onDragOver={(event) => {
        if (carriesFiles(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        depth.value = 0;
        if (!carriesFiles(event)) return;
        event.preventDefault();
        void addPictures(room, Array.from(event.dataTransfer?.files ?? []));
      }}
    >
      {children}
      {depth.value > 0 && (
        <div class="drop-cover">Drop pictures to send them to {room.title.value}</div>
      )}
    </div>
  );
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
