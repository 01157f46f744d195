import type { Room } from "../adapter/types.ts";
import type { LoggedMessage } from "./packet-log.ts";

/** A stay in a room: it covers the messages after `from`, up to `to`. */
interface Stay {
  readonly from: number;
  /** Infinity while it lasts. */
  to: number;
}

/**
 * When one session was in which rooms, by positions of the log: so that it is replayed exactly what was meant for it,
 * neither what a room got before it joined, nor less because it left before its line broke.
 */
export class Membership {
  /** The position at which the session began. */
  readonly start: number;
  private readonly stays: Map<Room, Stay[]> = new Map();

  constructor(start: number) {
    this.start = start;
  }

  join(room: Room, position: number): void {
    const stays = this.stays.get(room);
    if (stays === undefined) this.stays.set(room, [{ from: position, to: Infinity }]);
    else if (stays.at(-1)!.to !== Infinity) stays.push({ from: position, to: Infinity });
  }

  /** @param floor messages up to this position are no longer there, and stays before it of no use */
  leave(room: Room, position: number, floor: number): void {
    const stays = this.stays.get(room);
    const last = stays?.at(-1);
    if (stays === undefined || last === undefined || last.to !== Infinity) return;
    last.to = position;
    const useful = stays.filter((stay) => stay.to > stay.from && stay.to > floor);
    if (useful.length > 0) this.stays.set(room, useful);
    else this.stays.delete(room);
  }

  /** Whether a message was meant for the session. */
  covers({ position, rooms, except }: LoggedMessage): boolean {
    if (position <= this.start) return false;
    if (rooms.size > 0 && !this.wasInAny(rooms, position)) return false;
    return except === undefined || !this.wasInAny(except, position);
  }

  private wasInAny(rooms: ReadonlySet<Room>, position: number): boolean {
    for (const room of rooms) {
      for (const stay of this.stays.get(room) ?? []) {
        if (stay.from < position && position <= stay.to) return true;
      }
    }
    return false;
  }
}
