import type { Member } from "./member.ts";
import type { Room, SocketId } from "./types.ts";
import type { Viewed } from "./view-map.ts";

/** Up to so many a list is quicker than a set, and takes less than half of its memory. */
const listMax = 128;

/** The members of a room, in the order in which they joined. */
export class Roster implements Viewed<SocketId> {
  readonly name: Room;
  /** One alone is kept as it is, some as a list; many, and those that somebody has looked at, as the set of their ids. */
  private members: Member | Member[] | Set<SocketId> | undefined = undefined;

  constructor(name: Room, view?: Set<SocketId>) {
    this.name = name;
    this.members = view;
  }

  get size(): number {
    const { members } = this;
    if (members instanceof Set) return members.size;
    if (Array.isArray(members)) return members.length;
    return members === undefined ? 0 : 1;
  }

  has(member: Member): boolean {
    const { members } = this;
    if (members instanceof Set) return members.has(member.id);
    return Array.isArray(members) ? indexIn(members, member) !== -1 : members === member;
  }

  /** Whether it was not there. */
  add(member: Member): boolean {
    const { members } = this;
    if (members === undefined) {
      this.members = member;
      return true;
    }
    if (Array.isArray(members)) {
      if (indexIn(members, member) !== -1) return false;
      members.push(member);
      if (members.length > listMax) this.view();
      return true;
    }
    if (members instanceof Set) return members.size < members.add(member.id).size;
    if (members === member) return false;
    this.members = [members, member];
    return true;
  }

  /** Whether it was there. */
  remove(member: Member): boolean {
    const { members } = this;
    if (Array.isArray(members)) {
      const at = indexIn(members, member);
      if (at === -1) return false;
      for (let next = at + 1; next < members.length; next++) members[next - 1] = members[next]!;
      members.pop();
      return true;
    }
    if (members instanceof Set) return members.delete(member.id);
    if (members !== member) return false;
    this.members = undefined;
    return true;
  }

  /** The members; many are a live view of them. */
  ids(): Iterable<SocketId> {
    const { members } = this;
    if (members === undefined) return [];
    if (members instanceof Set) return members;
    return Array.isArray(members) ? members.map((member) => member.id) : [members.id];
  }

  view(): Set<SocketId> {
    const { members } = this;
    if (members instanceof Set) return members;
    return (this.members = new Set(this.ids()));
  }
}

/** `indexOf` of a list of objects, at the speed of a loop. */
function indexIn(list: readonly Member[], member: Member): number {
  for (let at = 0; at < list.length; at++) if (list[at] === member) return at;
  return -1;
}
