import type { Roster } from "./roster.ts";
import type { Room, SocketId } from "./types.ts";
import type { Viewed } from "./view-map.ts";

/** A list of fewer is not worth being tidied up. */
const tidyMin = 8;

/**
 * A socket and the rooms that it is in, in the order in which it joined them. The rosters know for certain who is where;
 * this is where to look, so that leaving a room costs the same however many there are.
 */
export class Member implements Viewed<Room> {
  readonly id: SocketId;
  /** One room, or a list in which those that it has left may still stand; the set once somebody has looked. */
  private rooms: Roster | Roster[] | Set<Room> | undefined = undefined;
  /** How many in the list do not count. */
  private left = 0;

  constructor(id: SocketId, view?: Set<Room>) {
    this.id = id;
    this.rooms = view;
  }

  /** The roster has taken it. */
  join(roster: Roster): void {
    const { rooms } = this;
    if (rooms === undefined) this.rooms = roster;
    else if (rooms instanceof Set) rooms.add(roster.name);
    else if (Array.isArray(rooms)) rooms.push(roster);
    else this.rooms = [rooms, roster];
  }

  /** The roster has let it go. */
  leave(roster: Roster): void {
    const { rooms } = this;
    if (rooms instanceof Set) rooms.delete(roster.name);
    else if (!Array.isArray(rooms)) this.rooms = undefined;
    else if (++this.left > tidyMin && this.left * 4 > rooms.length * 3)
      this.rooms = this.tidied(rooms);
  }

  /** The names of its rooms, as they are now. */
  names(): Room[] {
    const { rooms } = this;
    if (rooms === undefined) return [];
    if (rooms instanceof Set) return [...rooms];
    if (!Array.isArray(rooms)) return [rooms.name];
    return (this.rooms = this.tidied(rooms)).map((roster) => roster.name);
  }

  view(): Set<Room> {
    const { rooms } = this;
    if (rooms instanceof Set) return rooms;
    return (this.rooms = new Set(this.names()));
  }

  /** The list without those that it has left. */
  private tidied(list: Roster[]): Roster[] {
    const count = list.length - this.left;
    this.left = 0;
    if (count === list.length) return list;
    const rosters = list.filter((roster) => roster.has(this));
    if (rosters.length === count) return rosters;
    // It came back to some of them: the last time counts.
    return [...new Set(rosters.toReversed())].toReversed();
  }
}
