import type { Room } from "../adapter/types.ts";

/** The room of all sockets of a user; it begins with a character that no application gives to a room. */
export function userRoom(user: string): Room {
  return `\0user:${user}`;
}

/**
 * Who it is: `socket.user`, when that is a text and set by a middleware. Anything else is the application's own, and so is
 * the type: many a project declares a `user` of its own on `Socket`.
 */
export function userOf(socket: object): string | undefined {
  const { user } = socket as { user?: unknown };
  return typeof user === "string" ? user : undefined;
}

/** The rooms that a socket is in from the beginning: its own, and that of its user. */
export function ownRooms(socket: { readonly id: Room }): Room[] {
  const user = userOf(socket);
  return user === undefined ? [socket.id] : [socket.id, userRoom(user)];
}

/**
 * Says who a socket is; to be called in a middleware. The same as setting `socket.user` to a text, for programs whose
 * types know no such member.
 * @example
 * io.use((socket, next) => {
 *   setUser(socket, nameOf(socket.handshake.auth.token));
 *   next();
 * });
 */
export function setUser(socket: object, user: string | undefined): void {
  Object.assign(socket, { user });
}
