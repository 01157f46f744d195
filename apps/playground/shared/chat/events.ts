import type { ChatError } from "./errors.ts";
import type { Wire } from "./wire.ts";

/** Each app of the playground has a namespace of its own on the one connection. */
export const chatNamespace = "/chat";

export interface Member {
  /** Derived by the server from the browser's secret, so that nobody can pose as another. */
  readonly id: string;
  readonly name: string;
  /** In which language of the port they speak; absent: Socket.IO. */
  readonly wire?: Wire;
}

export interface Room {
  readonly id: string;
  readonly title: string;
}

export type PictureType = "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif";

export interface PictureInfo {
  readonly type: PictureType;
  readonly bytes: number;
  /** Pixels, so that the page can keep the place free before the bytes are here. */
  readonly width: number;
  readonly height: number;
}

export interface Message {
  /** Grows in the order of the log, over all rooms. Not whole for what another backend has published. */
  readonly id: number;
  /** Made by the author's page. */
  readonly key: string;
  readonly room: string;
  readonly author: Member;
  /** Milliseconds since 1970 by the server's clock. */
  readonly sentAt: number;
  readonly text: string;
  readonly picture?: PictureInfo;
}

/** A message that its author wants to send. It has text, or a picture, or both. */
export interface Draft {
  readonly key: string;
  readonly room: string;
  readonly text: string;
  readonly picture?: PictureDraft;
  /** By the page's clock, in ms since 1970: shown until the server has the message. */
  readonly writtenAt?: number;
  /** It may have been stored before: the server looks for its key first. */
  readonly again?: boolean;
}

export interface PictureDraft {
  readonly bytes: ArrayBuffer | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Messages of one room in their order, without a gap between them. */
export interface Page {
  readonly messages: readonly Message[];
  /** Where the page before this one ends; absent when there is none. */
  readonly older?: number;
}

export interface JoinRequest {
  readonly room: string;
  /** The newest message that the person has read. */
  readonly read?: number;
}

/** The newest messages, and what else there is to know of a room. What a page has missed is replayed to it besides. */
export interface Joined extends Page {
  readonly room: Room;
  readonly you: Member;
  readonly members: readonly Member[];
  /** The newest message that somebody else has read; 0 when there is none. */
  readonly seen: number;
}

export interface HistoryRequest {
  readonly room: string;
  /** `older` of the page that follows; absent: the newest. */
  readonly before?: number;
}

/** The message that carries a picture. */
export interface PictureRequest {
  readonly author: string;
  readonly key: string;
}

/** What a page may do to see that nothing gets lost. */
export interface Trials {
  readonly kill: boolean;
}

/** By which wires besides Socket.IO one comes in here. */
export interface Doors {
  readonly wires: readonly Wire[];
  readonly publishing: PublishAccess;
}

/** How other backends publish here. */
export interface PublishAccess {
  /** Whether a key is asked for. */
  readonly locked: boolean;
  /** The key, for pages on the server's own computer. */
  readonly key?: string;
}

export type Reply<T = unknown> = ({ ok: true } & T) | { ok: false; error: ChatError };
export type Answer<T = unknown> = (reply: Reply<T>) => void;

/** What the page sends. */
export interface ClientEvents {
  join: (request: JoinRequest, answer: Answer<Joined>) => void;
  leave: (room: string, answer: Answer) => void;
  create: (title: string, answer: Answer<{ room: Room }>) => void;
  /** Sent durably: it is answered once, over lost lines and a killed server. */
  send: (draft: Draft, answer: Answer<{ message: Message }>) => void;
  /** The short form for people without a page; the room need not be joined. */
  say: (room: string, text: string, answer: Answer<{ message: Message }>) => void;
  history: (request: HistoryRequest, answer: Answer<Page>) => void;
  picture: (request: PictureRequest, answer: Answer<{ bytes: ArrayBuffer | Uint8Array }>) => void;
  rename: (name: string, answer: Answer<{ you: Member }>) => void;
  typing: (room: string, on: boolean) => void;
  /** All up to this message has been read. */
  read: (room: string, message: number) => void;
  /** Kills the server's process; only answered when that is refused. */
  kill: (answer: Answer) => void;
  /** Answered at once: the page measures the way there and back. */
  probe: (answer: () => void) => void;
}

/** What the server sends. */
export interface ServerEvents {
  /** Logged first, and replayed to whoever was away. What another backend publishes has only what it says. */
  message: (message: Message) => void;
  /** The person is in the room, perhaps under a new name. */
  present: (room: string, member: Member) => void;
  absent: (room: string, memberId: string) => void;
  typing: (room: string, memberId: string, on: boolean) => void;
  /** The person has read all up to this message. */
  seen: (room: string, memberId: string, message: number) => void;
  trials: (trials: Trials) => void;
  doors: (doors: Doors) => void;
  /** The server is being stopped on purpose; the page comes back by itself. */
  stopping: () => void;
}

/** What a page says about itself when it connects. Guests, who come over the other wires, need no secret, and may be named by `token`. */
export interface ChatAuth {
  /** Random, kept in the browser: whoever has it is the same person. Never shown to others. */
  readonly secret: string;
  readonly name: string;
}
