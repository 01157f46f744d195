import type { Member } from "../../shared/chat/events.ts";

interface Entry {
  member: Member;
  /** The sockets (windows) through which this person is here; never empty. */
  readonly sockets: Set<string>;
}

/** Who is in which room. A person with two windows is here once, until the last one leaves. */
export class Presence {
  readonly #rooms: Map<string, Map<string, Entry>> = new Map();

  /** Returns true when the others should be told: the person is new here, has a new name, or comes over another wire. */
  enter(room: string, member: Member, socketId: string): boolean {
    let people = this.#rooms.get(room);
    if (people === undefined) this.#rooms.set(room, (people = new Map()));
    const entry = people.get(member.id);
    if (entry === undefined) {
      people.set(member.id, { member, sockets: new Set([socketId]) });
      return true;
    }
    const changed = entry.member.name !== member.name || entry.member.wire !== member.wire;
    entry.member = member;
    entry.sockets.add(socketId);
    return changed;
  }

  /** Returns true when the person has left the room with this socket. */
  leave(room: string, memberId: string, socketId: string): boolean {
    const people = this.#rooms.get(room);
    const entry = people?.get(memberId);
    if (people === undefined || entry === undefined || !entry.sockets.delete(socketId))
      return false;
    if (entry.sockets.size > 0) return false;
    people.delete(memberId);
    if (people.size === 0) this.#rooms.delete(room);
    return true;
  }

  members(room: string): Member[] {
    return Array.from(this.#rooms.get(room)?.values() ?? [], (entry) => entry.member);
  }
}
