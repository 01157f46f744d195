import type { DefaultEventsMap, Namespace, Socket } from "hawser";
import type { ClientEvents, Member, ServerEvents } from "../../shared/chat/events.ts";

/** What the server keeps with each socket of the chat. */
export interface ChatData {
  member: Member;
}

export type ChatSocket = Socket<ClientEvents, ServerEvents, DefaultEventsMap, ChatData>;
export type ChatNamespace = Namespace<ClientEvents, ServerEvents, DefaultEventsMap, ChatData>;
