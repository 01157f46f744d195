import { limits } from "./limits.ts";

/** Where everybody begins. */
export const lobby = "lobby";

const pattern: RegExp = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

export function isRoomId(raw: unknown): raw is string {
  return typeof raw === "string" && raw.length <= limits.roomIdCharsMax && pattern.test(raw);
}

export function pathOfRoom(id: string): string {
  return `/r/${id}`;
}

/** The room that a path names, or undefined. A capital letter is forgiven: links are also typed by hand. */
export function roomOfPath(path: string): string | undefined {
  const id = /^\/r\/([^/]+)\/?$/.exec(path)?.[1]?.toLowerCase();
  return isRoomId(id) ? id : undefined;
}

/** The room meant by what a person pasted: a link, a path, or undefined. */
export function roomOfLink(text: string): string | undefined {
  try {
    return roomOfPath(new URL(text.trim(), "http://localhost").pathname);
  } catch {
    return undefined;
  }
}

/** The room that the query of an address asks for (`?room=`), else the lobby. */
export function roomOfQuery({ room }: Readonly<Record<string, unknown>>): string {
  return isRoomId(room) ? room : lobby;
}
