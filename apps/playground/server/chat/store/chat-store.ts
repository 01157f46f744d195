import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "./database.ts";
import { PictureStore } from "./picture-store.ts";
import { RoomStore } from "./room-store.ts";
import { SeenStore } from "./seen-store.ts";

/** What the chat keeps beside the log of messages, in one SQLite file. */
export class ChatStore {
  readonly rooms: RoomStore;
  readonly pictures: PictureStore;
  readonly seen: SeenStore;
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = openDatabase(path);
    this.rooms = new RoomStore(this.#database);
    this.pictures = new PictureStore(this.#database);
    this.seen = new SeenStore(this.#database);
  }

  /** Writes the journal back into the file and closes it. */
  close(): void {
    this.#database.close();
  }
}
