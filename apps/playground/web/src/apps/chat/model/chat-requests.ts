import type { DurableSocket } from "@hawser/client/durable";
import type {
  ClientEvents,
  HistoryRequest,
  Joined,
  JoinRequest,
  Member,
  Page,
  PictureRequest,
  Reply,
  Room,
  ServerEvents,
} from "../../../../../shared/chat/events.ts";

export type ChatSocket = DurableSocket<ServerEvents, ClientEvents>;

const timeoutMs = 10_000;
// A large picture over a slow line.
const pictureTimeoutMs = 120_000;

/** The chat's questions to the server. Each resolves with the reply, or with undefined when the line was lost on the way. */
export class ChatRequests {
  readonly #socket: ChatSocket;

  constructor(socket: ChatSocket) {
    this.#socket = socket;
  }

  join(request: JoinRequest): Promise<Reply<Joined> | undefined> {
    return this.#ask(() => this.#socket.timeout(timeoutMs).emitWithAck("join", request));
  }

  leave(room: string): Promise<Reply | undefined> {
    return this.#ask(() => this.#socket.timeout(timeoutMs).emitWithAck("leave", room));
  }

  create(title: string): Promise<Reply<{ room: Room }> | undefined> {
    return this.#ask(() => this.#socket.timeout(timeoutMs).emitWithAck("create", title));
  }

  history(request: HistoryRequest): Promise<Reply<Page> | undefined> {
    return this.#ask(() => this.#socket.timeout(timeoutMs).emitWithAck("history", request));
  }

  picture(
    request: PictureRequest,
  ): Promise<Reply<{ bytes: ArrayBuffer | Uint8Array }> | undefined> {
    return this.#ask(() => this.#socket.timeout(pictureTimeoutMs).emitWithAck("picture", request));
  }

  rename(name: string): Promise<Reply<{ you: Member }> | undefined> {
    return this.#ask(() => this.#socket.timeout(timeoutMs).emitWithAck("rename", name));
  }

  /** Resolves when the server refuses, or with undefined when it is gone. */
  kill(): Promise<Reply | undefined> {
    return this.#ask(() => this.#socket.timeout(timeoutMs).emitWithAck("kill"));
  }

  /** Told again with the next join. */
  read(room: string, message: number): void {
    if (this.#socket.connected) this.#socket.emit("read", room, message);
  }

  /** Worth nothing later, so it never waits for the line. */
  typing(room: string, on: boolean): void {
    if (this.#socket.connected) this.#socket.emit("typing", room, on);
  }

  async #ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    // The client would keep it for later; here the caller decides what is worth repeating.
    if (!this.#socket.connected) return undefined;
    try {
      return await question();
    } catch {
      return undefined;
    }
  }
}
