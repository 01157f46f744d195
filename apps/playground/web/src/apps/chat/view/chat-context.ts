import { createContext } from "preact";
import type { Context } from "preact";
import { useContext } from "preact/hooks";
import type { Chat } from "../model/chat.ts";

export const ChatContext: Context<Chat | undefined> = createContext<Chat | undefined>(undefined);

export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (chat === undefined) throw new Error("A part of the chat stands outside of it.");
  return chat;
}
