import { computed, effect, signal, untracked } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { cleanText } from "../../../../../shared/chat/clean-text.ts";
import type { Member, Message, Doors, Reply, Room } from "../../../../../shared/chat/events.ts";
import { isMessage } from "../../../../../shared/chat/published.ts";
import { lobby, pathOfRoom, roomOfPath } from "../../../../../shared/chat/room-id.ts";
import { attention } from "../../../shell/attention.ts";
import { Line } from "../../../shell/line.ts";
import { randomKey } from "../../../shell/random-key.ts";
import type { Router } from "../../../shell/router.ts";
import { toast } from "../../../shell/toasts.ts";
import { ChatMemory } from "./chat-memory.ts";
import { ChatRequests } from "./chat-requests.ts";
import type { ChatSocket } from "./chat-requests.ts";
import { FrameBook } from "./frames.ts";
import { Guests } from "./guests.ts";
import { Outage } from "./outage.ts";
import { Outbox } from "./outbox.ts";
import { PictureCache } from "./picture-cache.ts";
import type { Post } from "./post.ts";
import { RoomModel } from "./room-model.ts";
import { RoomSync } from "./room-sync.ts";
import { dropPicture } from "./staged-picture.ts";
import { Trial } from "./trial.ts";
import { TypingSignal } from "./typing-signal.ts";

/** The chat of one window: rooms, outbox and line, and what the person does with them. */
export class Chat {
  readonly line: Line;
  readonly pictures: PictureCache;
  readonly me: Signal<Member>;
  readonly rooms: Signal<readonly RoomModel[]>;
  readonly current: ReadonlySignal<RoomModel>;
  /** In all rooms together. */
  readonly unread: ReadonlySignal<number>;
  readonly outage: Outage = new Outage();
  readonly trial: Trial;
  readonly frames: FrameBook = new FrameBook();
  readonly guests: Guests = new Guests(this.frames);
  readonly doors: Signal<Doors> = signal({ wires: [], publishing: { locked: true } });
  /** Messages of all rooms that the server has not confirmed. */
  readonly waiting: Signal<number> = signal(0);
  readonly #socket: ChatSocket;
  readonly #router: Router;
  readonly #memory: ChatMemory = new ChatMemory();
  readonly #requests: ChatRequests;
  readonly #sync: RoomSync;
  readonly #outbox: Outbox;
  readonly #typing: TypingSignal;
  #typingRoom = "";
  #tapped: unknown;

  constructor(socket: ChatSocket, router: Router) {
    this.#socket = socket;
    this.#router = router;
    this.me = signal(this.#memory.me());
    this.line = new Line(socket);
    this.#requests = new ChatRequests(socket);
    this.#sync = new RoomSync(this.#requests, () => this.line.state.peek() === "open");
    this.pictures = new PictureCache((post) => this.#pictureOf(post));
    this.trial = new Trial(this.line, this.#requests, this.outage);
    this.#outbox = new Outbox(socket, {
      isOpen: () => this.line.state.peek() === "open",
      onStored: (message) => this.#onMessage(message),
      onChange: () => this.#showOutbox(),
    });
    this.#typing = new TypingSignal((on) => this.#requests.typing(this.#typingRoom, on));
    this.rooms = signal(this.#keptRooms());
    this.current = computed(() => this.#shownRoom());
    this.unread = computed(() =>
      this.rooms.value.reduce((sum, room) => sum + room.unread.value, 0),
    );
    this.#listen();
    this.#followDelivery();
    this.#followAddress();
    this.#followReading();
    this.#followOtherWindows();
    setInterval(() => this.#tick(Date.now()), 1000);
  }

  /** Connects, once there is a name. */
  start(name: string): void {
    this.me.value = { ...this.me.value, name };
    this.#memory.keepMe(this.me.value);
    this.#socket.auth = { secret: this.#memory.secret(), name };
    this.line.start();
  }

  /** A new name: at once when there is a line, else with the next connection. */
  async rename(name: string): Promise<Reply | undefined> {
    const reply = await this.#requests.rename(name);
    if (reply?.ok === false) return reply;
    this.me.value = { ...this.me.value, name };
    this.#memory.keepMe(this.me.value);
    this.#socket.auth = { secret: this.#memory.secret(), name };
    for (const room of this.rooms.value) if (room.joined.value) room.onPresent(this.me.value);
    return reply;
  }

  open(roomId: string): void {
    this.#router.go(pathOfRoom(roomId));
  }

  /** Makes a room and opens it. Undefined: there is no line. */
  async createRoom(title: string): Promise<Reply<{ room: Room }> | undefined> {
    const reply = await this.#requests.create(title);
    if (reply?.ok === true) {
      this.#addRoom(reply.room.id, reply.room.title);
      this.open(reply.room.id);
    }
    return reply;
  }

  /** Takes the room off the list; its link leads back. */
  leaveRoom(room: RoomModel): void {
    void this.#requests.leave(room.id);
    this.#memory.forgetRoom(room.id);
    for (const entry of room.entries.value) this.#outbox.discard(entry.key);
    this.rooms.value = this.rooms.value.filter((other) => other !== room);
    this.#keepRooms();
    if (this.current.value === room || roomOfPath(this.#router.path.value) === room.id) {
      this.#router.replace(pathOfRoom(this.rooms.value[0]?.id ?? lobby));
    }
  }

  loadOlder(room: RoomModel): Promise<void> {
    return this.#sync.loadOlder(room);
  }

  write(room: RoomModel, draft: string): void {
    room.draft.value = draft;
    this.#memory.keepDraft(room.id, draft);
    if (this.#typingRoom !== room.id) this.#typing.stopped();
    this.#typingRoom = room.id;
    if (draft.trim() === "") this.#typing.stopped();
    else this.#typing.typed(Date.now());
  }

  /** Sends what is written and staged: now, or as soon as there is a line. */
  send(room: RoomModel): void {
    const text = cleanText(room.draft.value);
    const [first, ...others] = room.staged.value;
    this.write(room, "");
    room.staged.value = [];
    room.newAfter.value = undefined;
    // The first picture carries the text; each further one is a message of its own.
    if (first !== undefined || text !== "") this.#post(room, text, first);
    for (const picture of others) this.#post(room, "", picture);
  }

  retry(post: Post): void {
    this.#outbox.retry(keyOf(post));
  }

  discard(post: Post): void {
    this.#outbox.discard(keyOf(post));
  }

  #post(
    room: RoomModel,
    text: string,
    picture: RoomModel["staged"]["value"][number] | undefined,
  ): void {
    const key = picture?.key ?? randomKey();
    if (picture !== undefined) {
      this.pictures.seed(`${this.me.value.id} ${key}`, picture.blob);
      dropPicture(picture);
    }
    const draft = { key, room: room.id, text, writtenAt: Date.now() };
    if (picture === undefined) {
      this.#outbox.add(draft);
    } else {
      const { bytes, info } = picture;
      this.#outbox.add({ ...draft, picture: { bytes, width: info.width, height: info.height } });
    }
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("connect", () => void this.#onConnect());
    socket.on("disconnect", () => this.#onDisconnect());
    socket.on("message", (message) => {
      if (isMessage(message)) this.#onMessage(message);
      else void this.#onPublished(message);
    });
    socket.on("doors", (doors) => {
      this.doors.value = doors;
    });
    socket.on("present", (room, member) => this.#find(room)?.onPresent(member));
    socket.on("absent", (room, memberId) => this.#find(room)?.onAbsent(memberId));
    socket.on("typing", (room, memberId, on) =>
      this.#find(room)?.onTyping(memberId, on, Date.now()),
    );
    socket.on("seen", (room, memberId, message) => {
      if (memberId !== this.me.value.id) this.#find(room)?.onSeen(message);
    });
    socket.on("trials", (trials) => {
      this.trial.mayKill.value = trials.kill;
    });
    socket.on("stopping", () => this.outage.expect("restart"));
  }

  #followDelivery(): void {
    const { delivery, outbox } = this.#socket;
    delivery.on("live", () => this.#settle());
    outbox.on("change", () => this.#settle());
    delivery.on("reset", ({ room }) => this.#onReset(room));
    delivery.on("error", (error) =>
      toast(`Messages cannot be kept here: ${error.message}.`, "bad"),
    );
  }

  // A gap could not be filled: what is shown would be wrong without a word.
  #onReset(channel: string | undefined): void {
    this.outage.gap();
    toast("Some messages are no longer kept. The history was loaded anew.", "bad");
    for (const room of this.rooms.value) {
      if (channel !== undefined && channel !== `room:${room.id}`) continue;
      room.onReset();
      void this.#join(room);
    }
  }

  #settle(): void {
    const { delivery, outbox } = this.#socket;
    if (this.line.state.peek() !== "open") this.outage.waits(outbox.length);
    else if (delivery.live && outbox.length === 0) this.outage.settled();
  }

  async #onConnect(): Promise<void> {
    this.#followFrames();
    this.outage.back(performance.now());
    this.#settle();
    this.#showOutbox();
    const shown = this.current.value;
    const others = this.rooms.value.filter((room) => room !== shown);
    await Promise.all([shown, ...others].map((room) => this.#join(room)));
  }

  // What another backend has published tells no place; the history does.
  async #onPublished({ text }: { readonly text?: unknown }): Promise<void> {
    const rooms = this.rooms.peek().filter(({ joined }) => joined.peek());
    for (const room of rooms)
      for (const message of await this.#sync.unknown(room)) this.#onMessage(message);
    const kept = rooms.flatMap((room) => room.timeline.peek().messages);
    if (typeof text === "string" && !kept.some((message) => message.text === text.trim()))
      toast(`Published, but not kept, since it was not durable: ${text}`, "bad");
  }

  #followFrames(): void {
    const { engine } = this.#socket.io;
    if (engine === this.#tapped) return;
    this.#tapped = engine;
    // The engine's digit for a message has been taken off.
    engine.on("data", (data) => {
      if (typeof data === "string") this.frames.add("socket.io", `4${data}`);
    });
  }

  #onDisconnect(): void {
    this.outage.lost(performance.now());
    this.outage.waits(this.#socket.outbox.length);
    this.#showOutbox();
    for (const room of this.rooms.value) room.onLineLost();
  }

  #join(room: RoomModel): Promise<void> {
    return this.#sync.join(room, (you) => {
      if (this.me.value.id === you.id) return;
      this.me.value = { ...this.me.value, id: you.id };
      this.#memory.keepMe(this.me.value);
    });
  }

  #onMessage(message: Message): void {
    const room = this.#find(message.room);
    const counts =
      message.author.id !== this.me.value.id && !(room !== undefined && this.#isInView(room));
    room?.onMessage(message, counts);
    if (message.author.id !== this.me.value.id) this.outage.heard();
  }

  #tick(now: number): void {
    this.#typing.tick(now);
    for (const room of this.rooms.value) room.updateTyping(now);
  }

  #find(roomId: string): RoomModel | undefined {
    return this.rooms.peek().find((room) => room.id === roomId);
  }

  #shownRoom(): RoomModel {
    const wanted = roomOfPath(this.#router.path.value);
    const { value: rooms } = this.rooms;
    return rooms.find((room) => room.id === wanted) ?? (rooms[0] as RoomModel);
  }

  // A room is on the list as soon as its address is opened.
  #followAddress(): void {
    let before: RoomModel | undefined;
    effect(() => {
      const wanted = roomOfPath(this.#router.path.value);
      if (wanted === undefined) this.#router.replace(pathOfRoom(this.rooms.peek()[0]?.id ?? lobby));
      else untracked(() => this.#addRoom(wanted, wanted));
    });
    effect(() => {
      const shown = this.current.value;
      if (before !== undefined && before !== shown) before.onLeft();
      before = shown;
    });
  }

  // What is in view of an attentive person has been read.
  #followReading(): void {
    effect(() => {
      const room = this.current.value;
      if (this.#isInView(room) && room.markRead()) {
        const newest = room.read.peek() ?? 0;
        this.#memory.keepRead(room.id, newest);
        this.#requests.read(room.id, newest);
      }
    });
  }

  #followOtherWindows(): void {
    this.#memory.onOtherWindow({
      onRead: (roomId) => {
        const room = this.#find(roomId);
        const newest = room?.timeline.peek().messages.at(-1)?.id ?? 0;
        if ((this.#memory.read(roomId) ?? 0) >= newest) room?.markRead();
      },
      onName: (name) => {
        if (name !== "" && name !== this.me.value.name) void this.rename(name);
      },
    });
  }

  #isInView(room: RoomModel): boolean {
    return room === this.current.value && attention.value && room.atEnd.value && room.loaded.value;
  }

  #addRoom(id: string, title: string): void {
    if (this.#find(id) !== undefined) return;
    const room = this.#makeRoom({ id, title });
    this.rooms.value = [...this.rooms.value, room];
    this.#keepRooms();
    void this.#join(room).then(() => this.#keepRooms());
  }

  #keepRooms(): void {
    this.#memory.keepRooms(
      this.rooms.value.map((room) => ({ id: room.id, title: room.title.value })),
    );
  }

  #keptRooms(): RoomModel[] {
    const kept = new Map<string, Room>([[lobby, { id: lobby, title: "Lobby" }]]);
    for (const room of this.#memory.rooms()) kept.set(room.id, room);
    return Array.from(kept.values(), (room) => this.#makeRoom(room));
  }

  #makeRoom({ id, title }: Room): RoomModel {
    const read = this.#memory.read(id);
    const draft = this.#memory.draft(id);
    return new RoomModel(id, title, this.me, read === undefined ? { draft } : { draft, read });
  }

  #showOutbox(): void {
    this.waiting.value = this.#outbox.entries.filter(({ state }) => state !== "failed").length;
    for (const { room } of this.#outbox.entries) this.#addRoom(room, room);
    for (const room of this.rooms.value) {
      const entries = this.#outbox.entries.filter((entry) => entry.room === room.id);
      const { value: shown } = room.entries;
      if (entries.length > 0 || shown.length > 0) room.entries.value = entries;
    }
  }

  async #pictureOf(post: Post): Promise<Blob | undefined> {
    if (post.id === undefined) return this.#outbox.picture(keyOf(post));
    const reply = await this.#requests.picture({ author: post.author.id, key: keyOf(post) });
    return reply?.ok === true
      ? new Blob([reply.bytes as ArrayBuffer], { type: post.picture?.type ?? "" })
      : undefined;
  }
}

function keyOf(post: Post): string {
  return post.key.slice(post.key.indexOf(" ") + 1);
}
