import { computed, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Joined, Member, Message } from "../../../../../shared/chat/events.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { postOfEntry, postOfMessage } from "./post.ts";
import type { Post } from "./post.ts";
import { emptyTimeline, newestId, withFirst, withLive, withNewest } from "./timeline.ts";
import type { Timeline } from "./timeline.ts";
import type { StagedPicture } from "./staged-picture.ts";
import { TypingBoard } from "./typing-board.ts";

/** One room as the page knows it. Holds state only; the Chat moves it. */
export class RoomModel {
  readonly id: string;
  readonly title: Signal<string>;
  readonly timeline: Signal<Timeline> = signal(emptyTimeline);
  /** Messages on their way out that belong here. */
  readonly entries: Signal<readonly OutboxEntry[]> = signal([]);
  readonly members: Signal<readonly Member[]> = signal([]);
  /** False until the first page is here. */
  readonly loaded: Signal<boolean> = signal(false);
  /** Joined on the line that is open now. */
  readonly joined: Signal<boolean> = signal(false);
  /** Why the server does not let us in. */
  readonly refusal: Signal<string | undefined> = signal(undefined);
  readonly loadingOlder: Signal<boolean> = signal(false);
  /** Messages of others after `read`. */
  readonly unread: ReadonlySignal<number>;
  /** The newest message that the person has seen. */
  readonly read: Signal<number | undefined>;
  /** The newest message that somebody else has seen. */
  readonly seen: Signal<number> = signal(0);
  /** Below this message stands the line "new", as long as one stays in the room. */
  readonly newAfter: Signal<number | undefined> = signal(undefined);
  /** The log shows its end. */
  readonly atEnd: Signal<boolean> = signal(true);
  readonly draft: Signal<string>;
  readonly staged: Signal<readonly StagedPicture[]> = signal([]);
  readonly typing: Signal<readonly string[]> = signal([]);
  readonly posts: ReadonlySignal<readonly Post[]>;
  readonly #posts: WeakMap<Message, Post> = new WeakMap();
  readonly #typists: TypingBoard = new TypingBoard();

  constructor(
    id: string,
    title: string,
    me: ReadonlySignal<Member>,
    kept: { read?: number; draft?: string },
  ) {
    this.id = id;
    this.title = signal(title);
    this.read = signal(kept.read);
    this.draft = signal(kept.draft ?? "");
    this.unread = computed(() => {
      const { value: read } = this.read;
      if (read === undefined) return 0;
      const isUnread = ({ id, author }: Message): boolean => id > read && author.id !== me.value.id;
      return this.timeline.value.messages.filter(isUnread).length;
    });
    this.posts = computed(() => {
      const stored = this.timeline.value.messages.map((message) =>
        this.#postOf(message, me.value.id),
      );
      const waiting = this.entries.value.map((entry) => postOfEntry(entry, me.value));
      if (waiting.length === 0) return stored;
      // The server may have stored a message, and the line have been lost before it could say so.
      const known = new Set(stored.map((post) => post.key));
      return [...stored, ...waiting.filter((post) => !known.has(post.key))];
    });
  }

  // The same message is the same post, so that what has not changed is not drawn again.
  #postOf(message: Message, myId: string): Post {
    const mine = message.author.id === myId;
    let post = this.#posts.get(message);
    if (post?.mine !== mine) this.#posts.set(message, (post = postOfMessage(message, mine)));
    return post;
  }

  /** The server let us in, or in again. */
  onJoined(joined: Joined): void {
    this.timeline.value = this.loaded.value
      ? withNewest(this.timeline.value, joined)
      : withFirst(this.timeline.value, joined);
    this.title.value = joined.room.title;
    this.members.value = joined.members;
    this.refusal.value = undefined;
    // Whoever comes for the first time has nothing to catch up with.
    const newest = newestId(this.timeline.value) ?? 0;
    this.read.value = Math.min(this.read.value ?? newest, newest);
    this.seen.value = Math.max(joined.seen, this.seen.value);
    if (this.unread.value > 0) this.newAfter.value ??= this.read.value;
    this.loaded.value = true;
    this.joined.value = true;
  }

  /** `unread`: it is by somebody else, and nobody is looking. */
  onMessage(message: Message, unread: boolean): void {
    this.timeline.value = withLive(this.timeline.value, message);
    this.#typists.set(message.author.id, false, 0);
    if (unread && message.id > (this.read.value ?? 0)) this.newAfter.value ??= this.read.value;
  }

  /** What is known may have gaps: all of it is to be loaded anew. */
  onReset(): void {
    this.timeline.value = emptyTimeline;
    this.loaded.value = false;
    this.joined.value = false;
  }

  /** Somebody else has read up to there. */
  onSeen(message: number): void {
    this.seen.value = Math.max(message, this.seen.value);
  }

  onPresent(member: Member): void {
    const known = this.members.value.some((other) => other.id === member.id);
    this.members.value = known
      ? this.members.value.map((other) => (other.id === member.id ? member : other))
      : [...this.members.value, member];
  }

  onAbsent(memberId: string): void {
    this.members.value = this.members.value.filter((member) => member.id !== memberId);
    this.#typists.set(memberId, false, 0);
  }

  onTyping(memberId: string, on: boolean, now: number): void {
    this.#typists.set(memberId, on, now);
    this.updateTyping(now);
  }

  /** Also to be called now and then, since a word of typing does not last. */
  updateTyping(now: number): void {
    const ids = this.#typists.current(now);
    const names = ids.map((id) => this.members.value.find((member) => member.id === id)?.name);
    const next = names.filter((name) => name !== undefined);
    if (next.join("\n") !== this.typing.value.join("\n")) this.typing.value = next;
  }

  onLineLost(): void {
    this.joined.value = false;
    this.#typists.clear();
    this.typing.value = [];
  }

  /** All that is here has been seen. Returns true when that is news. */
  markRead(): boolean {
    const newest = newestId(this.timeline.value);
    if (newest === undefined || newest <= (this.read.value ?? -1)) return false;
    this.read.value = newest;
    return true;
  }

  /** The person turns to another room. */
  onLeft(): void {
    this.newAfter.value = undefined;
    this.atEnd.value = true;
  }
}
