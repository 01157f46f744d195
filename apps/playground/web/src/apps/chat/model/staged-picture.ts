import type { PictureInfo } from "../../../../../shared/chat/events.ts";
import { refusals } from "../../../../../shared/chat/errors.ts";
import { limits } from "../../../../../shared/chat/limits.ts";
import { pictureTypeOf } from "../../../../../shared/chat/picture-type.ts";
import { randomKey } from "../../../shell/random-key.ts";

/** A picture chosen to be sent with the next message. */
export interface StagedPicture {
  /** Becomes the key of the message that carries it. */
  readonly key: string;
  readonly name: string;
  readonly bytes: ArrayBuffer;
  readonly blob: Blob;
  readonly url: string;
  readonly info: PictureInfo;
}

/** Why a file cannot be sent, for the person to read. */
export class PictureProblem extends Error {}

const headBytes = 32;

/** Looks at a file and gets it ready. Its bytes are not changed. Throws PictureProblem. */
export async function stagePicture(file: File): Promise<StagedPicture> {
  if (file.size > limits.pictureBytesMax)
    throw new PictureProblem(`${file.name}: ${refusals["large-picture"]}`);
  const type = pictureTypeOf(new Uint8Array(await file.slice(0, headBytes).arrayBuffer()));
  if (type === undefined) throw new PictureProblem(`${file.name}: ${refusals["bad-picture"]}`);
  // In memory from now on: the file may change or go away before it is sent.
  const bytes = await file.arrayBuffer();
  const blob = new Blob([bytes], { type });
  const url = URL.createObjectURL(blob);
  const size = await sizeOf(url);
  if (size === undefined) {
    URL.revokeObjectURL(url);
    throw new PictureProblem(`${file.name}: this picture cannot be shown.`);
  }
  return {
    key: randomKey(),
    name: file.name,
    bytes,
    blob,
    url,
    info: { type, bytes: blob.size, ...size },
  };
}

export function dropPicture(picture: StagedPicture): void {
  URL.revokeObjectURL(picture.url);
}

async function sizeOf(url: string): Promise<{ width: number; height: number } | undefined> {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch {
    return undefined;
  }
  const { naturalWidth: width, naturalHeight: height } = image;
  return width > 0 && height > 0 ? { width, height } : undefined;
}
