// The words that both sides of somebody's application share.
export interface ClientToServer {
  "message:list": (before: number | undefined, reply: (messages: Message[]) => void) => void;
  "message:send": (text: string, attachment: ArrayBuffer | null) => void;
  typing: () => void;
  rename: (name: string, reply: (error: string | null, name?: string) => void) => void;
}
export interface ServerToClient {
  "message:new": (message: Message) => void;
  users: (...names: string[]) => void;
  confirm: (question: string, reply: (yes: boolean) => void) => void;
}
export interface BetweenServers {
  flush: (room: string) => void;
  load: (reply: (load: number) => void) => void;
}
export interface Data {
  user: { id: string; name: string };
  since?: Date;
}
export interface Message {
  from: string;
  text: string;
}
