import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Member, Message, Page, PictureType } from "../../../shared/chat/events.ts";
import { transaction } from "./database.ts";
import { messageOfRow } from "./message-row.ts";
import type { MessageRow } from "./message-row.ts";

export interface NewMessage {
  readonly key: string;
  readonly room: string;
  readonly author: Member;
  readonly sentAt: number;
  readonly text: string;
  readonly picture?: NewPicture | undefined;
}

export interface NewPicture {
  readonly type: PictureType;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Added {
  readonly message: Message;
  /** False when this author had sent this key before: nothing was added, `message` is the first one. */
  readonly added: boolean;
}

export interface StoredPicture {
  readonly room: string;
  readonly bytes: Uint8Array;
}

/** The messages of all rooms in one order. */
export class MessageStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #insertPicture: StatementSync;
  readonly #byKey: StatementSync;
  readonly #before: StatementSync;
  readonly #after: StatementSync;
  readonly #countAfter: StatementSync;
  readonly #countOthersAfter: StatementSync;
  readonly #picture: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO message (room, author, author_name, key, sent_at, text, picture_type, picture_bytes, picture_width, picture_height)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (author, key) DO NOTHING RETURNING *`,
    );
    this.#insertPicture = database.prepare("INSERT INTO picture (message, bytes) VALUES (?, ?)");
    this.#byKey = database.prepare("SELECT * FROM message WHERE author = ? AND key = ?");
    this.#before = database.prepare(
      "SELECT * FROM message WHERE room = ? AND id < ? ORDER BY id DESC LIMIT ?",
    );
    this.#after = database.prepare(
      "SELECT * FROM message WHERE room = ? AND id > ? ORDER BY id LIMIT ?",
    );
    this.#countAfter = database.prepare(
      "SELECT count(*) AS n FROM (SELECT 1 FROM message WHERE room = ? AND id > ? LIMIT ?)",
    );
    this.#countOthersAfter = database.prepare(
      "SELECT count(*) AS n FROM (SELECT 1 FROM message WHERE room = ? AND id > ? AND author <> ? LIMIT ?)",
    );
    this.#picture = database.prepare(
      "SELECT message.room, picture.bytes FROM picture JOIN message ON message.id = picture.message WHERE picture.message = ?",
    );
  }

  /** Stores the message unless this author's key is known already, so that sending again does no harm. */
  add(message: NewMessage): Added {
    return transaction(this.#database, () => {
      const { picture } = message;
      const row = this.#insert.get(
        message.room,
        message.author.id,
        message.author.name,
        message.key,
        message.sentAt,
        message.text,
        picture?.type ?? null,
        picture?.bytes.byteLength ?? null,
        picture?.width ?? null,
        picture?.height ?? null,
      );
      if (row === undefined) {
        const first = this.#byKey.get(message.author.id, message.key);
        return { message: messageOfRow(first as unknown as MessageRow), added: false };
      }
      const stored = messageOfRow(row as unknown as MessageRow);
      if (picture !== undefined) this.#insertPicture.run(stored.id, picture.bytes);
      return { message: stored, added: true };
    });
  }

  /** The newest messages of a room. */
  latest(room: string, countMax: number): Page {
    return { ...this.before(room, Number.MAX_SAFE_INTEGER, countMax), newer: false };
  }

  /** The messages right before `id`, in their order. */
  before(room: string, id: number, countMax: number): Page {
    const rows = messages(this.#before.all(room, id, countMax + 1));
    const older = rows.length > countMax;
    return { messages: rows.slice(0, countMax).toReversed(), older, newer: true };
  }

  /** The messages right after `id`, in their order. */
  after(room: string, id: number, countMax: number): Page {
    const rows = messages(this.#after.all(room, id, countMax + 1));
    const newer = rows.length > countMax;
    return { messages: rows.slice(0, countMax), older: true, newer };
  }

  /** How many messages came after `id`, counted no further than `countMax`; those of `exceptAuthor` do not count. */
  countAfter(room: string, id: number, countMax: number, exceptAuthor?: string): number {
    const row =
      exceptAuthor === undefined
        ? this.#countAfter.get(room, id, countMax)
        : this.#countOthersAfter.get(room, id, exceptAuthor, countMax);
    return Number(row?.["n"]);
  }

  picture(message: number): StoredPicture | undefined {
    return this.#picture.get(message) as unknown as StoredPicture | undefined;
  }
}

function messages(rows: unknown[]): Message[] {
  return (rows as MessageRow[]).map(messageOfRow);
}
