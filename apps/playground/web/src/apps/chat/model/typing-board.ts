const keptMs = 5000;

/** Who is typing in one room. The word of a window that went away without another is forgotten after a while. */
export class TypingBoard {
  readonly #until: Map<string, number> = new Map();

  set(memberId: string, on: boolean, now: number): void {
    if (on) this.#until.set(memberId, now + keptMs);
    else this.#until.delete(memberId);
  }

  /** Ids of those who are typing, in the order in which they began. */
  current(now: number): string[] {
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
    return Array.from(this.#until.keys());
  }

  clear(): void {
    this.#until.clear();
  }
}

/** What stands below the messages. */
export function typingText(names: readonly string[]): string {
  const [first, second] = names;
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing`;
  if (names.length === 2) return `${first} and ${second} are typing`;
  return `${names.length} people are typing`;
}
