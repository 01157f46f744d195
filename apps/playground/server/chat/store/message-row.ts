import type { Message, PictureType } from "../../../shared/chat/events.ts";

/** A row of the table `message`, as node:sqlite hands it over. */
export interface MessageRow {
  readonly id: number;
  readonly room: string;
  readonly author: string;
  readonly author_name: string;
  readonly key: string;
  readonly sent_at: number;
  readonly text: string;
  readonly picture_type: PictureType | null;
  readonly picture_bytes: number | null;
  readonly picture_width: number | null;
  readonly picture_height: number | null;
}

export function messageOfRow(row: MessageRow): Message {
  const message: Message = {
    id: row.id,
    key: row.key,
    room: row.room,
    author: { id: row.author, name: row.author_name },
    sentAt: row.sent_at,
    text: row.text,
  };
  if (row.picture_type === null) return message;
  const picture = {
    type: row.picture_type,
    bytes: row.picture_bytes ?? 0,
    width: row.picture_width ?? 0,
    height: row.picture_height ?? 0,
  };
  return { ...message, picture };
}
