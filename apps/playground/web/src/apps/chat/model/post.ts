import type { Member, Message, PictureInfo } from "../../../../../shared/chat/events.ts";
import type { OutboxEntry, OutboxState } from "./outbox-entry.ts";

/** One message as the page shows it, whether the server has it or it still waits here. */
export interface Post {
  /** Author and key: the same before and after the server has stored it. */
  readonly key: string;
  /** Absent while the server does not have it. */
  readonly id: number | undefined;
  readonly author: Member;
  readonly mine: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
  readonly picture: PictureInfo | undefined;
  readonly state: "stored" | OutboxState;
  /** With the state `failed`: why. */
  readonly error: string | undefined;
}

export function postOfMessage(message: Message, mine: boolean): Post {
  return {
    key: `${message.author.id} ${message.key}`,
    id: message.id,
    author: message.author,
    mine,
    at: message.sentAt,
    text: message.text,
    picture: message.picture,
    state: "stored",
    error: undefined,
  };
}

export function postOfEntry(entry: OutboxEntry, me: Member): Post {
  return {
    key: `${me.id} ${entry.key}`,
    id: undefined,
    author: me,
    mine: true,
    at: entry.writtenAt,
    text: entry.text,
    picture: entry.picture,
    state: entry.state,
    error: entry.error,
  };
}
