import type { DatabaseSync, StatementSync } from "node:sqlite";

/** How far each person has read in each room. */
export class SeenStore {
  readonly #upsert: StatementSync;
  readonly #newest: StatementSync;

  constructor(database: DatabaseSync) {
    this.#upsert = database.prepare(
      `INSERT INTO seen (room, member, message) VALUES (?, ?, ?)
       ON CONFLICT (room, member) DO UPDATE SET message = excluded.message WHERE excluded.message > message`,
    );
    this.#newest = database.prepare(
      "SELECT max(message) AS newest FROM seen WHERE room = ? AND member <> ?",
    );
  }

  /** Returns true when that is further than before. */
  mark(room: string, member: string, message: number): boolean {
    return Number(this.#upsert.run(room, member, message).changes) > 0;
  }

  /** The newest message that somebody else has read; 0 when there is none. */
  byOthers(room: string, member: string): number {
    return Number(this.#newest.get(room, member)?.["newest"] ?? 0);
  }
}
