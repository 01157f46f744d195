import type { Span } from "./log.ts";
import type { Shift } from "./timeline.ts";

/** A stay in a room: messages after `from`, up to `to`. */
type Stay = [from: number, to: number | null];

/** The stays of a session as they are saved: by room, `null` while it lasts. */
export type SavedStays = Record<string, Stay[]>;

/**
 * When one session was in which rooms, by offsets of the log: so that it is replayed exactly what was meant for it,
 * neither what a room got before it joined, nor less because it left before its line broke.
 */
export class Stays {
  /** What went to the whole namespace is for the session from here on. */
  start: number;
  /** Ended stays are forgotten up to here: who goes back to before it may miss what they covered. */
  forgottenUpTo = 0;
  private readonly stays: Map<string, Stay[]> = new Map();
  private ended = 0;
  private readonly endedMax: number;

  constructor(start: number, endedMax: number, saved: SavedStays = {}) {
    this.start = start;
    this.endedMax = endedMax;
    for (const [room, stays] of Object.entries(saved)) {
      this.stays.set(room, stays);
      for (const [, to] of stays) if (to !== null) this.ended++;
    }
  }

  /** The rooms that it is in. */
  get rooms(): string[] {
    const rooms: string[] = [];
    for (const [room, stays] of this.stays) if (stays.at(-1)![1] === null) rooms.push(room);
    return rooms;
  }

  /** It joins a room. @returns whether that is news */
  join(name: string | number, from: number): boolean {
    // Programs without types name rooms by numbers, too.
    const room = String(name);
    const stays = this.stays.get(room);
    if (stays === undefined) this.stays.set(room, [[from, null]]);
    else if (stays.at(-1)![1] !== null) stays.push([from, null]);
    else return false;
    return true;
  }

  /** The stay in a room began earlier than it was taken down. */
  begin(room: string, from: number): void {
    const stay = this.stays.get(room)?.at(-1);
    if (stay === undefined) this.stays.set(room, [[from, null]]);
    else stay[0] = Math.min(stay[0], from);
  }

  /** It leaves a room. @returns whether that is news */
  leave(name: string | number, to: number): boolean {
    const room = String(name);
    const stays = this.stays.get(room);
    const last = stays?.at(-1);
    if (stays === undefined || last === undefined || last[1] !== null) return false;
    if (last[0] >= to) {
      stays.pop();
      if (stays.length === 0) this.stays.delete(room);
      return true;
    }
    last[1] = to;
    this.ended++;
    if (this.ended > this.endedMax) this.forgetOldest();
    return true;
  }

  /** Whether a message was meant for the session. */
  covers(offset: number, rooms: readonly string[], except: readonly string[]): boolean {
    if (rooms.length === 0 ? offset <= this.start : !this.wasInAny(rooms, offset)) return false;
    return except.length === 0 || !this.wasInAny(except, offset);
  }

  /** What to read from the log after an offset. */
  spans(after: number): Span[] {
    const spans: Span[] = [{ room: undefined, after: Math.max(after, this.start) }];
    for (const [room, stays] of this.stays) {
      for (const [from, to] of stays) {
        if (to === null) spans.push({ room, after: Math.max(after, from) });
        else if (to > after) spans.push({ room, after: Math.max(after, from), upTo: to });
      }
    }
    return spans;
  }

  /** The client has handled everything up to here: stays that ended before are of no more use. */
  prune(handled: number): void {
    if (this.ended === 0) return;
    for (const [room, stays] of this.stays) {
      const useful = stays.filter(([, to]) => to === null || to > handled);
      if (useful.length === stays.length) continue;
      for (const [, to] of stays) {
        if (to !== null && to <= handled) this.forgottenUpTo = Math.max(this.forgottenUpTo, to);
      }
      this.ended -= stays.length - useful.length;
      if (useful.length === 0) this.stays.delete(room);
      else this.stays.set(room, useful);
    }
  }

  /** Offsets from some point on mean others. */
  shift(move: Shift): void {
    this.start = move(this.start);
    for (const stays of this.stays.values()) {
      for (const stay of stays) {
        stay[0] = move(stay[0]);
        if (stay[1] !== null) stay[1] = move(stay[1]);
      }
    }
  }

  toJSON(): SavedStays {
    // From entries: a room may have any name, also `__proto__`.
    return Object.fromEntries(this.stays);
  }

  private wasInAny(rooms: readonly string[], offset: number): boolean {
    for (const room of rooms) {
      for (const [from, to] of this.stays.get(room) ?? []) {
        if (from < offset && (to === null || offset <= to)) return true;
      }
    }
    return false;
  }

  /** Half of the ended stays go: what they covered is told as a reset. */
  private forgetOldest(): void {
    const ends: number[] = [];
    for (const stays of this.stays.values()) {
      for (const [, to] of stays) if (to !== null) ends.push(to);
    }
    ends.sort((a, b) => a - b);
    this.prune(ends[ends.length >> 1]!);
  }
}
