// Server to clients: what each client heard of each room, against what the log says.
import type { Fact, Seen } from "./history.ts";

type Of<Kind extends Fact["kind"]> = Extract<Fact, { kind: Kind }>;

/** A page has noted within this time what it has heard, in µs, also on a slow disk. */
const savedWithinUs = 1_000_000;

/** What a room has said, in order. */
class Room {
  readonly ids: string[] = [];
  readonly #placeOf = new Map<string, number>();
  /** What was said before each message; also of those that never came into the log. */
  readonly #before = new Map<string, string | undefined>();
  #lastSaid: string | undefined;

  say(id: string): void {
    this.#before.set(id, this.#lastSaid);
    this.#lastSaid = id;
  }

  log(id: string): void {
    this.#placeOf.set(id, this.ids.length);
    this.ids.push(id);
  }

  placeOf(id: string): number | undefined {
    return this.#placeOf.get(id);
  }

  /** The place of the last message up to this one that came into the log, or -1. */
  placeUpTo(id: string | undefined): number {
    for (let at = id; at !== undefined; at = this.#before.get(at)) {
      const place = this.#placeOf.get(at);
      if (place !== undefined) return place;
    }
    return -1;
  }
}

/** The rooms as the log has them. Says what cannot be: two messages at one offset, one message at two. */
function roomsOf(facts: readonly Fact[], violate: (text: string) => void): Map<string, Room> {
  const at = new Map<string, Of<"logged">>();
  const offsetOf = new Map<string, number>();
  const epochs: string[] = [];
  const rooms = new Map<string, Room>();
  const roomOf = (name: string): Room => {
    const room = rooms.get(name) ?? new Room();
    rooms.set(name, room);
    return room;
  };
  for (const fact of facts) {
    if (fact.kind === "run" && !epochs.includes(fact.epoch)) epochs.push(fact.epoch);
    if (fact.kind === "said") roomOf(fact.room).say(fact.id);
    if (fact.kind !== "logged") continue;
    const place = `${fact.epoch}/${fact.offset}`;
    const other = at.get(place);
    if (other !== undefined && other.id !== fact.id) {
      violate(`${other.id} and ${fact.id} both stand at ${place}: the log has forked`);
    }
    const known = offsetOf.get(fact.id);
    if (known !== undefined && known !== fact.offset) {
      violate(`${fact.id} stands at ${known} and at ${fact.offset}`);
    }
    at.set(place, fact);
    offsetOf.set(fact.id, fact.offset);
  }
  const inOrder = [...at.values()].toSorted(
    (a, b) => epochs.indexOf(a.epoch) - epochs.indexOf(b.epoch) || a.offset - b.offset,
  );
  for (const { room, id } of inOrder) roomOf(room).log(id);
  return rooms;
}

/** One client's walk through what one room has said. */
class Walk {
  readonly #name: string;
  readonly #room: Room;
  readonly #violate: (text: string) => void;
  /** When it heard what. */
  readonly #heard = new Map<string, number>();
  /** What it heard just before its page died, which may not have been able to say so: once more is no mistake. */
  #doubtful = new Set<string>();
  reheard = 0;
  /** The place in the room up to which nothing more is owed; undefined until it has joined. */
  #at: number | undefined;
  /** The place of what it heard last. */
  #last = -1;
  /** It was told that something is missing here, and has heard nothing of the room since. */
  #told: string | undefined;

  constructor(name: string, room: Room, violate: (text: string) => void) {
    this.#name = name;
    this.#room = room;
    this.#violate = violate;
  }

  join(after: string | undefined): void {
    const at = this.#room.placeUpTo(after);
    // A new session begins here; what lies before it was told by a reset.
    if (this.#at === undefined || at > this.#at) this.#at = at;
    this.#told = undefined;
  }

  die(at: number): void {
    const just = [...this.#heard].filter(([, heardAt]) => heardAt > at - savedWithinUs);
    this.#doubtful = new Set(just.map(([id]) => id));
  }

  hear(id: string, at: number): void {
    const place = this.#room.placeOf(id);
    if (place === undefined) return this.#violate(`${this.#name} heard ${id}, which no log has`);
    if (this.#doubtful.delete(id)) {
      this.reheard++;
      return;
    }
    if (this.#heard.has(id)) return this.#violate(`${this.#name} heard ${id} twice`);
    this.#heard.set(id, at);
    if (place < this.#last) this.#violate(`${this.#name} heard ${id} out of order`);
    this.#last = place;
    // Said before it joined, and on its way then: it may hear that, too.
    if (this.#at === undefined || place <= this.#at) return;
    this.#expectNothingBetween(place);
    this.#at = place;
    this.#told = undefined;
  }

  reset(reason: string): void {
    this.#told = reason;
  }

  end(): void {
    if (this.#at === undefined) return;
    this.#expectNothingBetween(this.#room.ids.length);
  }

  #expectNothingBetween(place: number): void {
    const missing = this.#room.ids.slice(this.#at! + 1, place);
    if (missing.length > 0 && this.#told === undefined) {
      const some = missing.slice(0, 3).join(", ");
      this.#violate(`${this.#name} never heard ${missing.length} (${some} …) and was not told`);
    }
    // What concerns the session as a whole says nothing of any one room.
    if (missing.length === 0 && this.#told === "retention") {
      this.#violate(`${this.#name} was told of a gap where there is none`);
    }
  }
}

export interface RoomCounts {
  logged: number;
  heard: number;
  /** Heard once more by the next page, since the one before died before it could note that it had heard it. */
  reheard: number;
  resets: number;
}

/** No loss, nothing twice, one order; a gap is told, and only a gap is. */
export function checkRooms(facts: readonly Seen[], violate: (text: string) => void): RoomCounts {
  const rooms = roomsOf(facts, violate);
  const walks = new Map<string, Map<string, Walk>>();
  const walkOf = (client: string, room: string): Walk => {
    const own = walks.get(client) ?? new Map<string, Walk>();
    walks.set(client, own);
    if (!rooms.has(room)) rooms.set(room, new Room());
    const walk = own.get(room) ?? new Walk(`${client} in ${room}`, rooms.get(room)!, violate);
    own.set(room, walk);
    return walk;
  };
  const counts: RoomCounts = { logged: 0, heard: 0, reheard: 0, resets: 0 };
  for (const fact of facts) {
    if (fact.kind === "joined") walkOf(fact.client, fact.room).join(fact.after);
    if (fact.kind === "heard") {
      counts.heard++;
      walkOf(fact.client, fact.room).hear(fact.id, fact.at);
    }
    if (fact.kind === "died") {
      for (const walk of walks.get(fact.client)?.values() ?? []) walk.die(fact.at);
    }
    if (fact.kind !== "reset") continue;
    counts.resets++;
    if (fact.room !== undefined) walkOf(fact.client, fact.room).reset(fact.reason);
    else for (const walk of walks.get(fact.client)?.values() ?? []) walk.reset(fact.reason);
  }
  for (const own of walks.values()) {
    for (const walk of own.values()) {
      walk.end();
      counts.reheard += walk.reheard;
    }
  }
  for (const room of rooms.values()) counts.logged += room.ids.length;
  return counts;
}
