import type { Joined, Member, Page } from "../../shared/chat/events.ts";
import { cleanName, cleanTitle } from "../../shared/chat/clean-text.ts";
import { limits } from "../../shared/chat/limits.ts";
import { answerWith } from "./answer.ts";
import type { ChatSocket } from "./chat-socket.ts";
import type { Presence } from "./presence.ts";
import { Rates } from "./rates.ts";
import { Refusal } from "./refusal.ts";
import { readDraft, readHistory, readJoin, readMessageId, readRoomId } from "./requests.ts";
import type { ChatStore } from "./store/chat-store.ts";

/** One window of one person: hears its events, and knows which rooms it is in. */
export class ChatSession {
  readonly #socket: ChatSocket;
  readonly #store: ChatStore;
  readonly #presence: Presence;
  readonly #rates: Rates = new Rates();
  readonly #rooms: Set<string> = new Set();

  constructor(socket: ChatSocket, store: ChatStore, presence: Presence) {
    this.#socket = socket;
    this.#store = store;
    this.#presence = presence;
  }

  listen(): void {
    const socket = this.#socket;
    socket.on("join", (request, answer) => answerWith(answer, () => this.#join(request)));
    socket.on("leave", (room, answer) => answerWith(answer, () => this.#leave(readRoomId(room))));
    socket.on("create", (title, answer) => answerWith(answer, () => this.#create(title)));
    socket.on("send", (draft, answer) => answerWith(answer, () => this.#send(draft)));
    socket.on("history", (request, answer) => answerWith(answer, () => this.#history(request)));
    socket.on("picture", (message, answer) => answerWith(answer, () => this.#picture(message)));
    socket.on("rename", (name, answer) => answerWith(answer, () => this.#rename(name)));
    socket.on("typing", (room, on) => this.#typing(room, on));
    socket.on("probe", (answer) => this.#probe(answer));
    socket.on("disconnect", () => this.#leaveAll());
  }

  get #member(): Member {
    return this.#socket.data.member;
  }

  #join(raw: unknown): Joined {
    const { room, after, read } = readJoin(raw);
    this.#rates.check("read");
    if (!this.#rooms.has(room) && this.#rooms.size >= limits.roomsPerSocketMax)
      throw new Refusal("too-many-rooms");
    // Into the room first: what is said from now on arrives as an event, all before is in the page.
    this.#enter(room);
    const messages = this.#store.messages;
    const fresh =
      after === undefined ||
      messages.countAfter(room, after, limits.gapMessagesMax + 1) > limits.gapMessagesMax;
    const page = fresh
      ? messages.latest(room, limits.pageMessagesMax)
      : messages.after(room, after, limits.pageMessagesMax);
    return {
      ...page,
      fresh,
      room: this.#store.rooms.room(room),
      you: this.#member,
      members: this.#presence.members(room),
      unread: read === undefined ? 0 : messages.countAfter(room, read, 1000, this.#member.id),
    };
  }

  #enter(room: string): void {
    void this.#socket.join(channelOf(room));
    this.#rooms.add(room);
    if (this.#presence.enter(room, this.#member, this.#socket.id)) {
      this.#socket.to(channelOf(room)).emit("present", room, this.#member);
    }
  }

  #leave(room: string): object {
    if (!this.#rooms.delete(room)) throw new Refusal("not-joined");
    void this.#socket.leave(channelOf(room));
    this.#depart(room);
    return {};
  }

  #leaveAll(): void {
    for (const room of this.#rooms) this.#depart(room);
    this.#rooms.clear();
  }

  #depart(room: string): void {
    if (this.#presence.leave(room, this.#member.id, this.#socket.id)) {
      this.#socket.to(channelOf(room)).emit("absent", room, this.#member.id);
    }
  }

  #create(raw: unknown): object {
    const title = cleanTitle(raw);
    if (title === undefined) throw new Refusal("bad-title");
    this.#rates.check("change");
    return { room: this.#store.rooms.create(title) };
  }

  #send(raw: unknown): object {
    const draft = readDraft(raw);
    this.#requireJoined(draft.room);
    this.#rates.check("send");
    const { message, added } = this.#store.messages.add({
      ...draft,
      author: this.#member,
      sentAt: Date.now(),
    });
    if (added) this.#socket.to(channelOf(message.room)).emit("message", message);
    return { message };
  }

  #history(raw: unknown): Page {
    const { room, before, after } = readHistory(raw);
    this.#requireJoined(room);
    this.#rates.check("read");
    return before === undefined
      ? this.#store.messages.after(room, after ?? 0, limits.pageMessagesMax)
      : this.#store.messages.before(room, before, limits.pageMessagesMax);
  }

  #picture(raw: unknown): object {
    const id = readMessageId(raw);
    this.#rates.check("picture");
    const picture = this.#store.messages.picture(id);
    if (picture === undefined || !this.#rooms.has(picture.room)) throw new Refusal("no-picture");
    return { bytes: picture.bytes };
  }

  #rename(raw: unknown): object {
    const name = cleanName(raw);
    if (name === undefined) throw new Refusal("bad-name");
    this.#rates.check("change");
    this.#socket.data.member = { id: this.#member.id, name };
    for (const room of this.#rooms) {
      this.#presence.enter(room, this.#member, this.#socket.id);
      this.#socket.to(channelOf(room)).emit("present", room, this.#member);
    }
    return { you: this.#member };
  }

  // Nobody waits for an answer here: what is not fit is dropped.
  #typing(room: unknown, on: unknown): void {
    if (typeof room !== "string" || typeof on !== "boolean") return;
    if (!this.#rooms.has(room) || !this.#rates.allows("typing")) return;
    this.#socket.to(channelOf(room)).volatile.emit("typing", room, this.#member.id, on);
  }

  #probe(answer: unknown): void {
    if (typeof answer === "function" && this.#rates.allows("probe")) answer();
  }

  #requireJoined(room: string): void {
    if (!this.#rooms.has(room)) throw new Refusal("not-joined");
  }
}

// Apart from the room that each socket has under its own id.
function channelOf(room: string): string {
  return `room:${room}`;
}
