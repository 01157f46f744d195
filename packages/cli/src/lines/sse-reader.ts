export interface SseHandler {
  onMessage(data: string, id: string): void;
  /** An `id` has come, with a message or alone. */
  onPosition(id: string): void;
  onRetry(ms: number): void;
}

/** Reads `text/event-stream` in pieces of any size (WHATWG HTML, 9.2.6). */
export class SseReader {
  readonly #handler: SseHandler;
  #rest = "";
  #data: string[] = [];
  #id = "";
  #isFirst = true;

  constructor(handler: SseHandler) {
    this.#handler = handler;
  }

  read(chunk: string): void {
    let text = this.#rest + chunk;
    if (this.#isFirst && text !== "") {
      this.#isFirst = false;
      if (text.startsWith("\ufeff")) text = text.slice(1);
    }
    let start = 0;
    for (const { 0: ending, index } of text.matchAll(/\r\n|\n|\r/g)) {
      // A carriage return at the very end may be half of a pair.
      if (ending === "\r" && index === text.length - 1) break;
      this.#line(text.slice(start, index));
      start = index + ending.length;
    }
    this.#rest = text.slice(start);
  }

  #line(line: string): void {
    if (line === "") {
      this.#handler.onPosition(this.#id);
      if (this.#data.length > 0) this.#handler.onMessage(this.#data.join("\n"), this.#id);
      this.#data = [];
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.#handler.onRetry(Number(value));
  }
}
