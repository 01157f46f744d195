import { ViewMap } from "../adapter/view-map.ts";
import type { Roster } from "../adapter/roster.ts";
import type { BroadcastOptions, Room, SocketId } from "../adapter/types.ts";
import type { AnyNamespace, AnySocket } from "../erased.ts";

/** The sockets of this process who are meant by a broadcast, each once, whatever adapter keeps the rooms. */
export function recipientsOf(nsp: AnyNamespace, opts: BroadcastOptions): AnySocket[] {
  const { sockets } = nsp;
  const rooms = nsp.adapter.rooms as Rooms;
  const left = new Set<SocketId>();
  for (const room of opts.except ?? []) for (const id of membersOf(rooms, room)) left.add(id);
  const found: AnySocket[] = [];
  if (opts.rooms.size === 0) {
    for (const socket of sockets.values()) if (!left.has(socket.id)) found.push(socket);
    return found;
  }
  const several = opts.rooms.size > 1;
  for (const room of opts.rooms) {
    for (const id of membersOf(rooms, room)) {
      if (left.has(id)) continue;
      const socket = sockets.get(id);
      if (socket === undefined) continue;
      // With several rooms nobody is meant twice.
      if (several) left.add(id);
      found.push(socket);
    }
  }
  return found;
}

type Rooms = ReadonlyMap<Room, ReadonlySet<SocketId>>;

/** In our own adapter a room becomes a set for good when it is looked at as one. */
function membersOf(rooms: Rooms, room: Room): Iterable<SocketId> {
  if (rooms instanceof ViewMap) return (rooms.at(room) as Roster | undefined)?.ids() ?? [];
  return rooms.get(room) ?? [];
}
