import { limits } from "./limits.ts";

export type RefusalCode =
  | "bad-request"
  | "bad-secret"
  | "bad-name"
  | "bad-room"
  | "bad-title"
  | "empty-message"
  | "long-message"
  | "bad-picture"
  | "large-picture"
  | "no-picture"
  | "not-joined"
  | "too-many-rooms"
  | "too-fast"
  | "no-kill"
  | "failed";

/** Every refusal that the chat can answer with, and what the person reads. */
export const refusals: Readonly<Record<RefusalCode, string>> = {
  "bad-request": "The page sent something that the server did not understand. Reload it.",
  "bad-secret": "This browser's key is not valid. Reload the page.",
  "bad-name": `A name has 1 to ${limits.nameCharsMax} visible characters.`,
  "bad-room": "This is not a room's address.",
  "bad-title": `A room's name has 1 to ${limits.roomTitleCharsMax} visible characters.`,
  "empty-message": "There is nothing in this message.",
  "long-message": `A message has at most ${limits.textCharsMax} characters.`,
  "bad-picture": "Only PNG, JPEG, GIF, WebP and AVIF pictures can be sent.",
  "large-picture": `A picture has at most ${limits.pictureBytesMax / 1_000_000} MB.`,
  "no-picture": "This picture is not here.",
  "not-joined": "You are not in this room.",
  "too-many-rooms": `You can be in ${limits.roomsPerSocketMax} rooms at once. Leave one first.`,
  "too-fast": "That was too fast. It goes on in a moment.",
  "no-kill":
    "This server can only be killed from a page on its own computer, when npm start runs it.",
  failed: "The server could not do this. Try again.",
};

export interface ChatError {
  readonly code: RefusalCode;
  readonly text: string;
  /** With `too-fast`: when to try again. */
  readonly retryAfterMs?: number;
}
