import { randomInt } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Room } from "../../../shared/chat/events.ts";
import { lobby } from "../../../shared/chat/room-id.ts";

// Without the letters and digits that look alike: links are also read aloud. 31 ** 8 is close to 2 ** 40.
const alphabet = "23456789abcdefghjkmnpqrstuvwxyz";
const idChars = 8;

/** The rooms that have a name. Any other valid id is a room as well, named after its id. */
export class RoomStore {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      "INSERT INTO room (id, title, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
    );
    this.#select = database.prepare("SELECT id, title FROM room WHERE id = ?");
    this.#insert.get(lobby, "Lobby", Date.now());
  }

  /** Makes a room whose id cannot be guessed: knowing the link is what lets people in. */
  create(title: string): Room {
    for (;;) {
      const id = randomId();
      if (this.#insert.get(id, title, Date.now()) !== undefined) return { id, title };
    }
  }

  room(id: string): Room {
    const row = this.#select.get(id) as unknown as Room | undefined;
    return row === undefined ? { id, title: id } : { id: row.id, title: row.title };
  }
}

function randomId(): string {
  return Array.from({ length: idChars }, () => alphabet[randomInt(alphabet.length)]).join("");
}
