import type { PictureInfo } from "../../../../../shared/chat/events.ts";

export type OutboxState = "waiting" | "sending" | "failed";

/** A message that the server has not confirmed yet. The bytes of its picture are kept apart. */
export interface OutboxEntry {
  /** The message's key: sending it twice stores it once. */
  readonly key: string;
  readonly room: string;
  readonly text: string;
  readonly picture?: PictureInfo | undefined;
  readonly writtenAt: number;
  readonly state: OutboxState;
  readonly error?: string | undefined;
}
