import type { ChatError } from "./errors.ts";

/** Each app of the playground has a namespace of its own on the one connection. */
export const chatNamespace = "/chat";

export interface Member {
  /** Derived by the server from the browser's secret, so that nobody can pose as another. */
  readonly id: string;
  readonly name: string;
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
  /** Place in the order of the whole server; grows, is never used again. */
  readonly id: number;
  /** Made by the author's page; the server stores each (author, key) once. */
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
}

export interface PictureDraft {
  readonly bytes: ArrayBuffer | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Messages of one room in their order, without a gap between them. */
export interface Page {
  readonly messages: readonly Message[];
  /** There are messages before the first. */
  readonly older: boolean;
  /** There are messages after the last. */
  readonly newer: boolean;
}

export interface JoinRequest {
  readonly room: string;
  /** The newest message that the page has: it gets what came after. Absent: it gets the newest. */
  readonly after?: number;
  /** The newest message that the person has read, to count what is unread. */
  readonly read?: number;
}

export interface Joined extends Page {
  readonly room: Room;
  readonly you: Member;
  readonly members: readonly Member[];
  /** Messages of others after `read`. */
  readonly unread: number;
  /** The gap after `after` was too long: these are the newest messages instead. */
  readonly fresh: boolean;
}

export interface HistoryRequest {
  readonly room: string;
  /** Exactly one of the two: messages before this id, or after it. */
  readonly before?: number;
  readonly after?: number;
}

export type Reply<T = unknown> = ({ ok: true } & T) | { ok: false; error: ChatError };
export type Answer<T = unknown> = (reply: Reply<T>) => void;

/** What the page sends. */
export interface ClientEvents {
  join: (request: JoinRequest, answer: Answer<Joined>) => void;
  leave: (room: string, answer: Answer) => void;
  create: (title: string, answer: Answer<{ room: Room }>) => void;
  send: (draft: Draft, answer: Answer<{ message: Message }>) => void;
  history: (request: HistoryRequest, answer: Answer<Page>) => void;
  picture: (message: number, answer: Answer<{ bytes: ArrayBuffer | Uint8Array }>) => void;
  rename: (name: string, answer: Answer<{ you: Member }>) => void;
  typing: (room: string, on: boolean) => void;
  /** Answered at once: the page measures the way there and back. */
  probe: (answer: () => void) => void;
}

/** What the server sends. */
export interface ServerEvents {
  message: (message: Message) => void;
  /** The person is in the room, perhaps under a new name. */
  present: (room: string, member: Member) => void;
  absent: (room: string, memberId: string) => void;
  typing: (room: string, memberId: string, on: boolean) => void;
  /** The server is being stopped on purpose; the page comes back by itself. */
  stopping: () => void;
}

/** What a page says about itself when it connects. */
export interface ChatAuth {
  /** Random, kept in the browser: whoever has it is the same person. Never shown to others. */
  readonly secret: string;
  readonly name: string;
}
