import { WebSocket } from "@hawser/websocket";
import type { ClientOptions } from "@hawser/websocket";
import type { Wire } from "./wire.ts";

export interface LoadHandler {
  onReady(line: LoadLine): void;
  onEcho(line: LoadLine, intendedMs: number): void;
  /** It is over: `ready` says whether it ever began. */
  onLost(line: LoadLine, reason: string, wasReady: boolean): void;
}

/** One connection of a load: what it has sent and waits for. */
export class LoadLine {
  readonly #wire: Wire;
  readonly #handler: LoadHandler;
  readonly #socket: WebSocket;
  // By the id of a message: when it was meant to be sent, in ms of the clock of `performance`.
  readonly #waiting = new Map<number, number>();
  #nextId = 0;
  #isReady = false;
  #isClosing = false;
  #reason = "";

  constructor(
    url: URL,
    protocols: string[],
    options: ClientOptions,
    wire: Wire,
    handler: LoadHandler,
  ) {
    this.#wire = wire;
    this.#handler = handler;
    this.#socket = new WebSocket(url, protocols, options);
    const socket = this.#socket;
    const waitsForHello = wire.opening.some((it) => typeof it === "string" && it.startsWith("40"));
    socket.on("open", () => {
      if (wire.opening.length === 0) this.#ready();
      else if (!waitsForHello) this.#open();
    });
    socket.on("message", (data, isBinary) => this.#onMessage(data as Buffer, isBinary));
    socket.on("error", (error) => (this.#reason = error.message));
    socket.on("close", (code, reason) => {
      if (this.#isClosing) return;
      const text = this.#reason || `closed ${code} ${reason.toString("utf8")}`.trim();
      this.#handler.onLost(this, text, this.#isReady);
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Messages without an answer. */
  get unanswered(): number {
    return this.#waiting.size;
  }

  /** Sends a message that was meant to be sent at `intendedMs`. */
  send(intendedMs: number): void {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#waiting.set(id, intendedMs);
    this.#socket.send(this.#wire.message(id));
  }

  close(): void {
    this.#isClosing = true;
    this.#isReady = false;
    this.#socket.terminate();
  }

  #open(): void {
    for (const it of this.#wire.opening) this.#socket.send(it);
  }

  #ready(): void {
    this.#isReady = true;
    this.#handler.onReady(this);
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    const kind = this.#wire.kindOf(data, isBinary);
    if (typeof kind === "number") {
      const intended = this.#waiting.get(kind);
      // What comes twice, or from somebody else, is not counted.
      if (intended === undefined) return;
      this.#waiting.delete(kind);
      this.#handler.onEcho(this, intended);
    } else if (kind === "ping") this.#socket.send("3");
    else if (kind === "hello") this.#open();
    else if (kind === "ready") {
      if (!this.#isReady) this.#ready();
    } else if (kind === "refused") {
      this.#reason = data.toString("utf8", 0, 200);
      this.#socket.close();
    }
  }
}
