import type { Draft, PictureInfo } from "../../../../../shared/chat/events.ts";
import { pictureTypeOf } from "../../../../../shared/chat/picture-type.ts";

/** `waiting`: there is no line; `sending`: it is on its way; `failed`: the server will not take it. */
export type OutboxState = "waiting" | "sending" | "failed";

/** A message that the server has not confirmed yet. */
export interface OutboxEntry {
  /** The message's key, by which it is found again when it is stored. */
  readonly key: string;
  readonly room: string;
  readonly text: string;
  readonly picture?: PictureInfo | undefined;
  readonly writtenAt: number;
  readonly state: OutboxState;
  readonly error?: string | undefined;
}

export function entryOfDraft(draft: Draft, state: OutboxState, error?: string): OutboxEntry {
  const { key, room, text, writtenAt = 0 } = draft;
  return { key, room, text, writtenAt, state, error, picture: pictureInfoOf(draft) };
}

function pictureInfoOf({ picture }: Draft): PictureInfo | undefined {
  if (picture === undefined) return undefined;
  const bytes = new Uint8Array(picture.bytes);
  const { width, height } = picture;
  return { type: pictureTypeOf(bytes) ?? "image/png", bytes: bytes.byteLength, width, height };
}
