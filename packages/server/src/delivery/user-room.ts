import { ServerError } from "../errors.ts";
import type { Room } from "../adapter/types.ts";

const prefix = "\0user:";

/** The room of all sockets of a user. */
export function userRoom(user: string): Room {
  return prefix + user;
}

/** Whether a room is that of a user. */
export function isUserRoom(room: Room): boolean {
  return room.startsWith(prefix);
}

/** The user whose room is among these; undefined when there is none. */
export function userAmong(rooms: Iterable<Room>): string | undefined {
  for (const room of rooms) {
    if (typeof room === "string" && isUserRoom(room)) return room.slice(prefix.length);
  }
  return undefined;
}

/**
 * Refuses the rooms of users but its own: many an application lets clients name the rooms that they join.
 * @throws ServerError
 */
export function refuseRoomsOfOthers(socket: object, rooms: Iterable<Room>): void {
  for (const room of rooms) {
    // Applications in JavaScript join rooms by numbers, too.
    if (typeof room !== "string" || !isUserRoom(room)) continue;
    const user = userOf(socket);
    if (user === undefined || room !== userRoom(user)) throw new ServerError("ROOM_RESERVED");
  }
}

/**
 * Who it is: `socket.user`, when that is a text and set by a middleware. Anything else is the application's own, and so is
 * the type: many a project declares a `user` of its own on `Socket`.
 */
export function userOf(socket: object): string | undefined {
  const { user } = socket as { user?: unknown };
  return typeof user === "string" ? user : undefined;
}

/** What of a server says whether users have rooms there. */
interface MayHaveUsers {
  readonly _delivery: unknown;
  readonly _opts: { readonly publish?: unknown };
}

/** Whether users have rooms on this server. Elsewhere a `user` is the application's own affair. */
export function hasUserRooms({ _delivery, _opts }: MayHaveUsers): boolean {
  return _delivery !== undefined || _opts.publish !== undefined;
}

/** The rooms that a socket is in from the beginning: its own, and that of its user where users have rooms. */
export function ownRooms(socket: { readonly id: Room }, server: MayHaveUsers): Room | Room[] {
  const user = hasUserRooms(server) ? userOf(socket) : undefined;
  return user === undefined ? socket.id : [socket.id, userRoom(user)];
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
