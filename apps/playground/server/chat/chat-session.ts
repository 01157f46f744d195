import { randomUUID } from "node:crypto";
import type { Joined, Member, Message, Page, PictureInfo } from "../../shared/chat/events.ts";
import { channelOf, roomOfChannel } from "../../shared/chat/channel.ts";
import { cleanName, cleanTitle } from "../../shared/chat/clean-text.ts";
import { limits } from "../../shared/chat/limits.ts";
import { roomOfQuery } from "../../shared/chat/room-id.ts";
import type { Wire } from "../../shared/chat/wire.ts";
import type { KillSwitch } from "../kill-switch.ts";
import type { PublishKey } from "../publish-key.ts";
import { answerWith } from "./answer.ts";
import type { ChatSocket } from "./chat-socket.ts";
import { LaterError } from "./later-error.ts";
import type { MessageLog } from "./message-log.ts";
import type { Presence } from "./presence.ts";
import { Rates } from "./rates.ts";
import { Refusal } from "./refusal.ts";
import {
  readDraft,
  readHistory,
  readJoin,
  readPictureRequest,
  readRoomId,
  readText,
} from "./requests.ts";
import type { CheckedDraft, CheckedPicture } from "./requests.ts";
import type { PictureStore } from "./store/picture-store.ts";
import type { RoomStore } from "./store/room-store.ts";
import type { SeenStore } from "./store/seen-store.ts";

/** What all windows share. */
export interface ChatWorld {
  readonly messages: MessageLog;
  readonly rooms: RoomStore;
  readonly pictures: PictureStore;
  readonly seen: SeenStore;
  readonly presence: Presence;
  readonly killSwitch?: KillSwitch;
  readonly publishKey?: PublishKey;
  readonly wires?: readonly Wire[];
}

/** One line of one window of one person: hears its events, and knows which rooms it is in. */
export class ChatSession {
  readonly #socket: ChatSocket;
  readonly #world: ChatWorld;
  readonly #rates: Rates = new Rates();
  readonly #rooms: Set<string> = new Set();
  /** The socket's own id may come back over the next line before this one has gone. */
  readonly #lineId: string = randomUUID();

  constructor(socket: ChatSocket, world: ChatWorld) {
    this.#socket = socket;
    this.#world = world;
  }

  listen(): void {
    const socket = this.#socket;
    socket.on("join", (request, answer) => answerWith(answer, () => this.#join(request)));
    socket.on("leave", (room, answer) => answerWith(answer, () => this.#leave(readRoomId(room))));
    socket.on("create", (title, answer) => answerWith(answer, () => this.#create(title)));
    socket.on("send", (draft, answer) => answerWith(answer, () => this.#send(draft)));
    socket.on("say", (...said) => {
      // Written by hand, it may lack something; it is answered all the same.
      const answer = said.find((value) => typeof value === "function");
      return answerWith(answer, () => this.#sayText(said[0], said[1]));
    });
    socket.on("history", (request, answer) => answerWith(answer, () => this.#history(request)));
    socket.on("picture", (request, answer) => answerWith(answer, () => this.#picture(request)));
    socket.on("rename", (name, answer) => answerWith(answer, () => this.#rename(name)));
    socket.on("kill", (answer) => answerWith(answer, () => this.#kill()));
    socket.on("typing", (room, on) => this.#typing(room, on));
    socket.on("read", (room, message) => this.#read(room, message));
    socket.on("probe", (answer) => this.#probe(answer));
    socket.on("disconnect", () => this.#leaveAll());
    for (const channel of socket.rooms) {
      const room = roomOfChannel(channel);
      if (room !== undefined) this.onEntered(room);
    }
    if (this.#member.wire === undefined) this.#tellPowers();
  }

  /** Into the room that its address names, or the lobby. */
  enterByAddress(): void {
    void this.#socket.join(channelOf(roomOfQuery(this.#socket.handshake.query)));
  }

  /** The socket is in the room now. */
  onEntered(room: string): void {
    this.#rooms.add(room);
    if (this.#world.presence.enter(room, this.#member, this.#lineId)) {
      this.#socket.to(channelOf(room)).emit("present", room, this.#member);
    }
  }

  /** The socket is no longer in the room. */
  onLeft(room: string): void {
    if (!this.#rooms.delete(room)) return;
    if (this.#world.presence.leave(room, this.#member.id, this.#lineId)) {
      this.#socket.to(channelOf(room)).emit("absent", room, this.#member.id);
    }
  }

  #tellPowers(): void {
    const { publishKey, wires = [] } = this.#world;
    this.#socket.emit("trials", { kill: this.#mayKill });
    if (publishKey === undefined) return;
    const publishing = publishKey.accessFor(this.#socket.handshake);
    this.#socket.emit("doors", { wires, publishing });
  }

  get #member(): Member {
    return this.#socket.data.member;
  }

  async #join(raw: unknown): Promise<Joined> {
    const { room, read } = readJoin(raw);
    this.#rates.check("read");
    if (!this.#rooms.has(room) && this.#rooms.size >= limits.roomsPerSocketMax)
      throw new Refusal("too-many-rooms");
    const { rooms, messages, presence, seen } = this.#world;
    // Into the room first: what is said from now on arrives as an event, all before is in the page or replayed.
    const entered = this.#socket.join(channelOf(room));
    if (read !== undefined) this.#read(room, read);
    await entered;
    return {
      ...(await messages.page(room, limits.joinMessagesMax)),
      room: rooms.room(room),
      you: this.#member,
      members: presence.members(room),
      seen: seen.byOthers(room, this.#member.id),
    };
  }

  async #leave(room: string): Promise<object> {
    if (!this.#rooms.has(room)) throw new Refusal("not-joined");
    await this.#socket.leave(channelOf(room));
    return {};
  }

  #leaveAll(): void {
    for (const room of this.#rooms) this.onLeft(room);
  }

  #create(raw: unknown): object {
    const title = cleanTitle(raw);
    if (title === undefined) throw new Refusal("bad-title");
    this.#rates.check("change");
    return { room: this.#world.rooms.create(title) };
  }

  // It may come before the page has joined its rooms, since the outbox does not wait for them.
  async #send(raw: unknown): Promise<{ message: Message }> {
    const { current } = this.#socket.delivery;
    const draft = readDraft(raw);
    if (current === undefined) this.#rates.check("send");
    else this.#delay();
    // The server may have been killed after it had written the message, and before it knew that it was done.
    const isRepeated = draft.again || current?.redelivered === true;
    const { messages } = this.#world;
    const first = isRepeated
      ? await messages.find(draft.room, this.#member.id, draft.key)
      : undefined;
    return { message: first ?? (await this.#say(draft)) };
  }

  // The message has a key also here, so that it is found when it comes again.
  #sayText(room: unknown, text: unknown): Promise<{ message: Message }> {
    const key = this.#socket.delivery.current?.id ?? randomUUID();
    return this.#send({ key, room: readRoomId(room), text: readText(text) });
  }

  #say({ key, room, text, picture }: CheckedDraft): Promise<Message> {
    const author = this.#member;
    if (picture !== undefined) {
      this.#world.pictures.add({ author: author.id, key, room, bytes: picture.bytes });
    }
    const carried = picture === undefined ? {} : { picture: infoOf(picture) };
    return this.#world.messages.add({ key, room, author, sentAt: Date.now(), text, ...carried });
  }

  // What waited in an outbox comes all at once, and is to keep its order.
  #delay(): void {
    const afterMs = this.#rates.delayMs("send");
    if (afterMs > 0) throw new LaterError(afterMs);
  }

  #history(raw: unknown): Promise<Page> {
    const { room, before } = readHistory(raw);
    this.#requireJoined(room);
    this.#rates.check("read");
    return this.#world.messages.page(room, limits.pageMessagesMax, before);
  }

  #picture(raw: unknown): object {
    const { author, key } = readPictureRequest(raw);
    this.#rates.check("picture");
    const picture = this.#world.pictures.find(author, key);
    if (picture === undefined || !this.#rooms.has(picture.room)) throw new Refusal("no-picture");
    return { bytes: picture.bytes };
  }

  #rename(raw: unknown): object {
    const name = cleanName(raw);
    if (name === undefined) throw new Refusal("bad-name");
    this.#rates.check("change");
    this.#socket.data.member = { ...this.#member, name };
    for (const room of this.#rooms) {
      this.#world.presence.enter(room, this.#member, this.#lineId);
      this.#socket.to(channelOf(room)).emit("present", room, this.#member);
    }
    return { you: this.#member };
  }

  get #mayKill(): boolean {
    return this.#world.killSwitch?.mayUse(this.#socket.handshake) === true;
  }

  #kill(): object {
    if (!this.#mayKill) throw new Refusal("no-kill");
    this.#world.killSwitch?.press();
    return {};
  }

  // Nobody waits for an answer to the following: what is not fit is dropped.

  #typing(room: unknown, on: unknown): void {
    if (typeof room !== "string" || typeof on !== "boolean") return;
    if (!this.#rooms.has(room) || !this.#rates.allows("typing")) return;
    this.#socket.to(channelOf(room)).volatile.emit("typing", room, this.#member.id, on);
  }

  #read(room: unknown, message: unknown): void {
    if (typeof room !== "string" || !this.#rooms.has(room) || !this.#rates.allows("seen")) return;
    if (typeof message !== "number" || !(message > 0)) return;
    const whole = Math.floor(message);
    if (!Number.isSafeInteger(whole)) return;
    if (this.#world.seen.mark(room, this.#member.id, whole)) {
      this.#socket.to(channelOf(room)).emit("seen", room, this.#member.id, whole);
    }
  }

  #probe(answer: unknown): void {
    if (typeof answer === "function" && this.#rates.allows("probe")) answer();
  }

  #requireJoined(room: string): void {
    if (!this.#rooms.has(room)) throw new Refusal("not-joined");
  }
}

function infoOf({ type, bytes, width, height }: CheckedPicture): PictureInfo {
  return { type, bytes: bytes.byteLength, width, height };
}
