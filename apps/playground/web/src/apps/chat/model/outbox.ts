import type { Message } from "../../../../../shared/chat/events.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/** How the server, or the lack of one, answered. */
export type PostResult =
  | { readonly kind: "stored"; readonly message: Message }
  | { readonly kind: "refused"; readonly text: string }
  /** Too fast: the same again after this time. */
  | { readonly kind: "later"; readonly afterMs: number }
  /** No answer: it may be stored or not, and is sent again under the same key. */
  | { readonly kind: "lost" };

export interface OutboxHandler {
  post: (entry: OutboxEntry) => Promise<PostResult>;
  /** Keep the entry over a reload. */
  keep: (entry: OutboxEntry) => void;
  /** The entry is done with. */
  drop: (entry: OutboxEntry) => void;
  onStored: (message: Message) => void;
  onChange: () => void;
  wait: (ms: number) => Promise<void>;
}

const lostRetryMs = 1000;

/**
 * Messages on their way out, oldest first, one at a time so that their order holds.
 * An entry leaves when the server has confirmed it, or when its author discards it; never in between.
 */
export class Outbox {
  readonly #handler: OutboxHandler;
  #entries: readonly OutboxEntry[];
  #open = false;
  #busy = false;

  /** `kept` are the entries of an earlier visit. */
  constructor(handler: OutboxHandler, kept: readonly OutboxEntry[] = []) {
    this.#handler = handler;
    this.#entries = kept
      .map((entry) => (entry.state === "sending" ? { ...entry, state: "waiting" as const } : entry))
      .toSorted((a, b) => a.writtenAt - b.writtenAt);
  }

  get entries(): readonly OutboxEntry[] {
    return this.#entries;
  }

  add(entry: OutboxEntry): void {
    this.#handler.keep(entry);
    this.#set([...this.#entries, entry]);
    void this.#pump();
  }

  /** The line is there and the rooms are joined. */
  open(): void {
    this.#open = true;
    void this.#pump();
  }

  /** The line is lost. */
  shut(): void {
    this.#open = false;
  }

  /** Once more, after a failure. */
  retry(key: string): void {
    this.#change(key, { state: "waiting", error: undefined });
    void this.#pump();
  }

  discard(key: string): void {
    const entry = this.#find(key);
    if (entry === undefined) return;
    this.#set(this.#entries.filter((other) => other !== entry));
    this.#handler.drop(entry);
  }

  #find(key: string): OutboxEntry | undefined {
    return this.#entries.find((entry) => entry.key === key);
  }

  async #pump(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (;;) {
      const next = this.#open
        ? this.#entries.find((entry) => entry.state === "waiting")
        : undefined;
      if (next === undefined) break;
      this.#change(next.key, { state: "sending" });
      const result = await this.#handler.post(next);
      await this.#settle(next, result);
    }
    this.#busy = false;
  }

  async #settle(entry: OutboxEntry, result: PostResult): Promise<void> {
    switch (result.kind) {
      case "stored":
        this.discard(entry.key);
        this.#handler.onStored(result.message);
        return;
      case "refused":
        this.#change(entry.key, { state: "failed", error: result.text });
        return;
      case "later":
        this.#change(entry.key, { state: "waiting" });
        await this.#handler.wait(result.afterMs);
        return;
      case "lost":
        this.#change(entry.key, { state: "waiting" });
        // With the line still open nobody else would try again.
        if (this.#open) await this.#handler.wait(lostRetryMs);
        return;
    }
  }

  #change(key: string, change: Partial<OutboxEntry>): void {
    const entry = this.#find(key);
    if (entry === undefined) return;
    const changed = { ...entry, ...change };
    this.#handler.keep(changed);
    this.#set(this.#entries.map((other) => (other === entry ? changed : other)));
  }

  #set(entries: readonly OutboxEntry[]): void {
    this.#entries = entries;
    this.#handler.onChange();
  }
}
