import type { Server } from "hawser";
import { chatNamespace } from "../../shared/chat/events.ts";
import { ChatSession } from "./chat-session.ts";
import type { ChatNamespace, ChatSocket } from "./chat-socket.ts";
import { memberOfAuth } from "./identity.ts";
import { Presence } from "./presence.ts";
import { Refusal } from "./refusal.ts";
import { ChatStore } from "./store/chat-store.ts";

/** The chat as one app of the playground: a namespace of its own, and a database of its own. */
export class ChatApp {
  readonly #namespace: ChatNamespace;
  readonly #store: ChatStore;
  readonly #presence: Presence = new Presence();

  constructor(io: Server, databasePath: string) {
    this.#store = new ChatStore(databasePath);
    this.#namespace = io.of(chatNamespace);
    this.#namespace.use(admit);
    this.#namespace.on("connection", (socket) =>
      new ChatSession(socket, this.#store, this.#presence).listen(),
    );
  }

  /** Tells every page that the server goes away on purpose. */
  announceStop(): void {
    this.#namespace.emit("stopping");
  }

  /** After the last connection is closed. */
  close(): void {
    this.#store.close();
  }
}

function admit(socket: ChatSocket, next: (error?: Error) => void): void {
  try {
    socket.data.member = memberOfAuth(socket.handshake.auth);
    next();
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal("failed");
    next(Object.assign(new Error(refusal.message), { data: refusal.toChatError() }));
  }
}
