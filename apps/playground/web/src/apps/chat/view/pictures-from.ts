import { toast } from "../../../shell/toasts.ts";
import type { RoomModel } from "../model/room-model.ts";
import { PictureProblem, stagePicture } from "../model/staged-picture.ts";

const stagedMax = 10;

/** The pictures in what was pasted or dropped. Text from a word processor brings a picture of itself along: text wins. */
export function picturesOf(data: DataTransfer | null): File[] {
  if (data === null || data.types.includes("text/plain")) return [];
  return Array.from(data.files).filter((file) => file.type.startsWith("image/"));
}

/** Stages files for the room's next message, and says of each that cannot be sent why. */
export async function addPictures(room: RoomModel, files: readonly File[]): Promise<void> {
  for (const file of files) {
    if (room.staged.value.length >= stagedMax) {
      toast(`At most ${stagedMax} pictures go at once.`, "bad");
      return;
    }
    try {
      // One after the other, so that they keep their order.
      const picture = await stagePicture(file);
      room.staged.value = [...room.staged.value, picture];
    } catch (error) {
      const text = error instanceof PictureProblem ? error.message : `${file.name} cannot be read.`;
      toast(text, "bad");
    }
  }
}
