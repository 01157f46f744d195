import type { Room } from "../adapter/types.ts";

/** The room of all sockets of a user; it begins with a character that no application gives to a room. */
export function userRoom(user: string): Room {
  return `\0user:${user}`;
}

/** The rooms that a socket is in from the beginning: its own, and that of its user. */
export function ownRooms(socket: { readonly id: Room; readonly user?: unknown }): Room[] {
  return typeof socket.user === "string" ? [socket.id, userRoom(socket.user)] : [socket.id];
}
