import type { JSX } from "preact";
import { IconButton } from "../../../ui/icon-button.tsx";
import type { RoomModel } from "../model/room-model.ts";
import { dropPicture } from "../model/staged-picture.ts";
import type { StagedPicture } from "../model/staged-picture.ts";

/** The pictures that go with the next message. */
export function StagedPictures({ room }: { room: RoomModel }): JSX.Element | null {
  if (room.staged.value.length === 0) return null;
  const remove = (picture: StagedPicture): void => {
    room.staged.value = room.staged.value.filter((other) => other !== picture);
    dropPicture(picture);
  };
  return (
    <ul class="staged" aria-label="Pictures to send" data-testid="staged">
      {room.staged.value.map((picture) => (
        <li key={picture.key}>
          <img src={picture.url} alt={picture.name} title={picture.name} />
          <IconButton
            icon="close"
            label={`Remove ${picture.name}`}
            onClick={() => remove(picture)}
          />
        </li>
      ))}
    </ul>
  );
}
