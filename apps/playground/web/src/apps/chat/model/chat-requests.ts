import type { Socket } from "@hawser/client";
import type {
  ClientEvents,
  Draft,
  HistoryRequest,
  Joined,
  JoinRequest,
  Member,
  Message,
  Page,
  Reply,
  Room,
  ServerEvents,
} from "../../../../../shared/chat/events.ts";

export type ChatSocket = Socket<ServerEvents, ClientEvents>;

const timeoutMs = 10_000;
// A large picture over a slow line.
const sendTimeoutMs = 120_000;

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

  send(draft: Draft): Promise<Reply<{ message: Message }> | undefined> {
    return this.#ask(() => this.#socket.timeout(sendTimeoutMs).emitWithAck("send", draft));
  }

  history(request: HistoryRequest): Promise<Reply<Page> | undefined> {
    return this.#ask(() => this.#socket.timeout(timeoutMs).emitWithAck("history", request));
  }

  picture(message: number): Promise<Reply<{ bytes: ArrayBuffer | Uint8Array }> | undefined> {
    return this.#ask(() => this.#socket.timeout(sendTimeoutMs).emitWithAck("picture", message));
  }

  rename(name: string): Promise<Reply<{ you: Member }> | undefined> {
    return this.#ask(() => this.#socket.timeout(timeoutMs).emitWithAck("rename", name));
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
