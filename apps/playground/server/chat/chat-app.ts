import { setUser } from "hawser";
import type { Server } from "hawser";
import { roomOfChannel } from "../../shared/chat/channel.ts";
import { chatNamespace } from "../../shared/chat/events.ts";
import type { Member } from "../../shared/chat/events.ts";
import type { Wire } from "../../shared/chat/wire.ts";
import { wireOf } from "../../shared/chat/wire.ts";
import type { KillSwitch } from "../kill-switch.ts";
import type { PublishKey } from "../publish-key.ts";
import { ChatSession } from "./chat-session.ts";
import type { ChatWorld } from "./chat-session.ts";
import type { ChatNamespace, ChatSocket } from "./chat-socket.ts";
import { guestOfAuth, memberOfAuth } from "./identity.ts";
import { Presence } from "./presence.ts";
import { MessageLog } from "./message-log.ts";
import { Refusal } from "./refusal.ts";
import { ChatStore } from "./store/chat-store.ts";

/** What this server lets pages on its own computer do, and by which wires besides Socket.IO one comes in. */
export interface ChatPowers {
  readonly killSwitch?: KillSwitch;
  readonly publishKey?: PublishKey;
  readonly wires?: readonly Wire[];
}

/** The chat as one app of the playground: a namespace of its own, messages in the log, the rest in a database. */
export class ChatApp {
  readonly #namespace: ChatNamespace;
  readonly #store: ChatStore;
  readonly #presence: Presence = new Presence();
  /** By the id of the socket. */
  readonly #sessions: Map<string, ChatSession> = new Map();

  constructor(io: Server, databasePath: string, powers: ChatPowers = {}) {
    this.#store = new ChatStore(databasePath);
    this.#namespace = io.of(chatNamespace);
    this.#namespace.use(admit);
    const { rooms, pictures, seen } = this.#store;
    const world: ChatWorld = {
      rooms,
      pictures,
      seen,
      presence: this.#presence,
      messages: new MessageLog(io, this.#namespace),
      ...powers,
    };
    this.#namespace.on("connection", (socket) => this.#begin(socket, world));
    this.#followRooms();
  }

  /** Tells every page that the server goes away on purpose. */
  announceStop(): void {
    this.#namespace.emit("stopping");
  }

  /** After the last connection is closed. */
  close(): void {
    this.#store.close();
  }

  #begin(socket: ChatSocket, world: ChatWorld): void {
    const session = new ChatSession(socket, world);
    this.#sessions.set(socket.id, session);
    session.listen();
    // Whoever speaks lines of text cannot ask for a room.
    if (socket.data.member.wire === "text") session.enterByAddress();
    socket.on("disconnect", () => {
      if (this.#sessions.get(socket.id) === session) this.#sessions.delete(socket.id);
    });
  }

  // Who is in a room is here, however they have come in: by an event, a subscription, an address, or a session.
  #followRooms(): void {
    const { adapter } = this.#namespace;
    adapter.on("join-room", (channel: string, id: string) => {
      const room = roomOfChannel(channel);
      if (room !== undefined) this.#sessions.get(id)?.onEntered(room);
    });
    adapter.on("leave-room", (channel: string, id: string) => {
      const room = roomOfChannel(channel);
      if (room !== undefined) this.#sessions.get(id)?.onLeft(room);
    });
  }
}

/** Whoever knows a room may hear it. */
export function maySubscribe(socket: { nsp: { name: string } }, channel: string): boolean {
  return socket.nsp.name === chatNamespace && roomOfChannel(channel) !== undefined;
}

function admit(socket: ChatSocket, next: (error?: Error) => void): void {
  try {
    socket.data.member = memberOf(socket);
    // Nobody can take over the session of another person.
    if ("secret" in socket.handshake.auth) setUser(socket, socket.data.member.id);
    next();
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal("failed");
    next(Object.assign(new Error(refusal.message), { data: refusal.toChatError() }));
  }
}

function memberOf(socket: ChatSocket): Member {
  const { auth, url, headers } = socket.handshake;
  const wire = wireOf(url, headers["sec-websocket-protocol"]);
  if (wire === "socket.io") return memberOfAuth(auth);
  // A guest who comes back is the one who went.
  const known = socket.recovered && !("secret" in auth) ? socket.data.member : undefined;
  return known ?? guestOfAuth(auth, wire);
}
