import { cleanName, cleanText } from "./clean-text.ts";
import type { Message } from "./events.ts";
import { limits } from "./limits.ts";

/** Where and when it was said, by the log. */
export interface Place {
  readonly offset: number;
  readonly room: string;
  readonly atMs: number;
}

/** Whether it is a message that the chat itself has written. */
export function isMessage(raw: unknown): raw is Message {
  const { id, room, key, text, author } = (raw ?? {}) as Partial<Record<string, unknown>>;
  const { id: authorId, name } = (author ?? {}) as Partial<Record<string, unknown>>;
  const texts = [room, key, text, authorId, name];
  return typeof id === "number" && texts.every((value) => typeof value === "string");
}

/**
 * What another backend has published in a room, as a message: `{ text, author: { name } }` is enough.
 * Undefined when there is nothing to show.
 */
export function publishedMessage(raw: unknown, { offset, room, atMs }: Place): Message | undefined {
  const { text, author } = (raw ?? {}) as Partial<Record<string, unknown>>;
  if (typeof text !== "string") return undefined;
  const cleaned = cleanText(text).slice(0, limits.textCharsMax);
  if (cleaned === "") return undefined;
  const name = cleanName((author as { name?: unknown } | null | undefined)?.name) ?? "HTTP";
  return {
    // Between the ids of the chat's own messages, which are whole.
    id: offset - 0.5,
    key: `published ${offset}`,
    room,
    author: { id: `http ${name}`, name, wire: "http" },
    sentAt: atMs,
    text: cleaned,
  };
}
