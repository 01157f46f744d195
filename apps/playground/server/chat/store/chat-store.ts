import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "./database.ts";
import { MessageStore } from "./message-store.ts";
import { RoomStore } from "./room-store.ts";

/** All that the chat keeps, in one SQLite file. */
export class ChatStore {
  readonly rooms: RoomStore;
  readonly messages: MessageStore;
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = openDatabase(path);
    this.rooms = new RoomStore(this.#database);
    this.messages = new MessageStore(this.#database);
  }

  /** Writes the journal back into the file and closes it. */
  close(): void {
    this.#database.close();
  }
}
