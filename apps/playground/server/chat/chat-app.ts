import { setUser } from "hawser";
import type { Server } from "hawser";
import { chatNamespace } from "../../shared/chat/events.ts";
import type { KillSwitch } from "../kill-switch.ts";
import { ChatSession } from "./chat-session.ts";
import type { ChatNamespace, ChatSocket } from "./chat-socket.ts";
import { memberOfAuth } from "./identity.ts";
import { Presence } from "./presence.ts";
import { MessageLog } from "./message-log.ts";
import { Refusal } from "./refusal.ts";
import { ChatStore } from "./store/chat-store.ts";

/** The chat as one app of the playground: a namespace of its own, messages in the log, the rest in a database. */
export class ChatApp {
  readonly #namespace: ChatNamespace;
  readonly #store: ChatStore;
  readonly #presence: Presence = new Presence();

  /** Without `killSwitch` nobody can kill the server. */
  constructor(io: Server, databasePath: string, killSwitch?: KillSwitch) {
    this.#store = new ChatStore(databasePath);
    this.#namespace = io.of(chatNamespace);
    this.#namespace.use(admit);
    const { rooms, pictures, seen } = this.#store;
    const world = {
      rooms,
      pictures,
      seen,
      presence: this.#presence,
      messages: new MessageLog(io, this.#namespace),
      killSwitch,
    };
    this.#namespace.on("connection", (socket) => new ChatSession(socket, world).listen());
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
    // Nobody can take over the session of another person.
    setUser(socket, socket.data.member.id);
    next();
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal("failed");
    next(Object.assign(new Error(refusal.message), { data: refusal.toChatError() }));
  }
}
