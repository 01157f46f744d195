import { cleanName } from "../../../../../shared/chat/clean-text.ts";
import { isRoomId } from "../../../../../shared/chat/room-id.ts";
import type { Member, Room } from "../../../../../shared/chat/events.ts";
import { randomKey } from "../../../shell/random-key.ts";
import { BrowserStorage } from "../../../shell/storage.ts";

/** What the chat keeps in the browser over reloads, beside the outbox. */
export class ChatMemory {
  readonly #storage: BrowserStorage = new BrowserStorage("hawser.chat.");

  /** Made on the first visit; makes this browser the same person every time. */
  secret(): string {
    const kept = this.#storage.get("secret");
    if (kept !== undefined) return kept;
    const secret = randomKey();
    this.#storage.set("secret", secret);
    return secret;
  }

  me(): Member {
    return { id: this.#storage.get("id") ?? "", name: cleanName(this.#storage.get("name")) ?? "" };
  }

  keepMe(me: Member): void {
    this.#storage.set("id", me.id);
    this.#storage.set("name", me.name);
  }

  rooms(): Room[] {
    const kept = this.#storage.getJson("rooms");
    return Array.isArray(kept) ? kept.filter(isRoom) : [];
  }

  keepRooms(rooms: readonly Room[]): void {
    this.#storage.setJson("rooms", rooms);
  }

  draft(room: string): string {
    return this.#storage.get(`draft.${room}`) ?? "";
  }

  keepDraft(room: string, draft: string): void {
    if (draft === "") this.#storage.remove(`draft.${room}`);
    else this.#storage.set(`draft.${room}`, draft);
  }

  read(room: string): number | undefined {
    const kept = Number(this.#storage.get(`read.${room}`) ?? Number.NaN);
    return Number.isFinite(kept) && kept >= 0 ? kept : undefined;
  }

  keepRead(room: string, id: number): void {
    this.#storage.set(`read.${room}`, String(id));
  }

  forgetRoom(room: string): void {
    this.#storage.remove(`draft.${room}`);
    this.#storage.remove(`read.${room}`);
  }

  /** Another window of this browser has read a room further, or has changed the name. */
  onOtherWindow(handler: { onRead: (room: string) => void; onName: (name: string) => void }): void {
    this.#storage.onOtherWindow((key) => {
      if (key.startsWith("read.")) handler.onRead(key.slice("read.".length));
      else if (key === "name") handler.onName(this.me().name);
    });
  }
}

function isRoom(value: unknown): value is Room {
  return isRecord(value) && isRoomId(value["id"]) && typeof value["title"] === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
