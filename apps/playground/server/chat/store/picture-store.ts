import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface SentPicture {
  readonly author: string;
  /** The key of the message that carries it. */
  readonly key: string;
  readonly room: string;
  readonly bytes: Uint8Array;
}

/** The bytes of pictures; what else there is to say of them stands in their messages. */
export class PictureStore {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      "INSERT INTO sent_picture (author, key, room, bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    );
    this.#select = database.prepare("SELECT * FROM sent_picture WHERE author = ? AND key = ?");
  }

  /** Adds it unless it is there: a message may come again. */
  add({ author, key, room, bytes }: SentPicture): void {
    this.#insert.run(author, key, room, bytes);
  }

  find(author: string, key: string): SentPicture | undefined {
    return this.#select.get(author, key) as unknown as SentPicture | undefined;
  }
}
