import { isRoomId } from "./room-id.ts";

const prefix = "room:";

/** The socket room of a chat room: apart from the one that each socket has under its own id. */
export function channelOf(room: string): string {
  return prefix + room;
}

/** The chat room of a socket room, or undefined when that is none. */
export function roomOfChannel(channel: unknown): string | undefined {
  if (typeof channel !== "string" || !channel.startsWith(prefix)) return undefined;
  const room = channel.slice(prefix.length);
  return isRoomId(room) ? room : undefined;
}
