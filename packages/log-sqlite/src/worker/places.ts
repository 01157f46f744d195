import { limits } from "../limits.ts";
import type { Database, Statement } from "./driver.ts";

/** Where a message went, as it is written. */
export interface Target {
  /** Ids of the rooms, in their order. */
  readonly places: string;
  /** Each once. */
  readonly ids: readonly number[];
}

export function placeName(namespace: string, room: string | undefined): string {
  return JSON.stringify(room === undefined ? [namespace] : [namespace, room]);
}

/** The numbers that stand for rooms. */
export class Places {
  /** How many there are. */
  count: number;
  private readonly find: Statement;
  private readonly findName: Statement;
  private readonly insert: Statement;
  private readonly targets: Map<string, Target> = new Map();
  /** The rooms of a message as JSON, by its places. */
  private readonly rooms: Map<string, string> = new Map();

  constructor(database: Database) {
    this.find = database.prepare("SELECT id, trimmed FROM places WHERE name = ?");
    this.findName = database.prepare("SELECT name FROM places WHERE id = ?");
    this.insert = database.prepare("INSERT INTO places (name, trimmed) VALUES (?, ?) RETURNING id");
    this.count = database.prepare("SELECT COUNT(*) AS n FROM places").get()!["n"] as number;
  }

  /** @param rooms JSON; rooms that are new are written. */
  target(namespace: string, rooms: string, floor: number): Target {
    const key = `${rooms}${namespace}`;
    const known = this.targets.get(key);
    if (known !== undefined) return known;
    const names = JSON.parse(rooms) as string[];
    const ids =
      names.length === 0
        ? [this.idOf(placeName(namespace, undefined), floor)]
        : names.map((room) => this.idOf(placeName(namespace, room), floor));
    const target = { places: ids.join(" "), ids: [...new Set(ids)] };
    if (this.targets.size >= limits.placesCached) this.targets.clear();
    this.targets.set(key, target);
    return target;
  }

  /** A place that has been spoken to. */
  lookUp(namespace: string, room: string | undefined): { id: number; trimmed: number } | undefined {
    return this.find.get(placeName(namespace, room)) as { id: number; trimmed: number } | undefined;
  }

  /** The rooms of a message, as JSON. */
  roomsOf(places: string): string {
    const known = this.rooms.get(places);
    if (known !== undefined) return known;
    const rooms: string[] = [];
    for (const id of places.split(" ")) {
      const name = this.findName.get(Number(id))?.["name"] as string;
      const [, room] = JSON.parse(name) as [string, string?];
      if (room !== undefined) rooms.push(room);
    }
    const text = JSON.stringify(rooms);
    if (this.rooms.size >= limits.placesCached) this.rooms.clear();
    this.rooms.set(places, text);
    return text;
  }

  /** What is known may no longer be so. */
  forget(): void {
    this.targets.clear();
    this.rooms.clear();
  }

  private idOf(name: string, floor: number): number {
    const known = this.find.get(name);
    if (known !== undefined) return known["id"] as number;
    this.count++;
    return this.insert.get(name, floor)!["id"] as number;
  }
}
