import type {
  HistoryRequest,
  JoinRequest,
  PictureRequest,
  PictureType,
} from "../../shared/chat/events.ts";
import { cleanText } from "../../shared/chat/clean-text.ts";
import { limits } from "../../shared/chat/limits.ts";
import { pictureTypeOf } from "../../shared/chat/picture-type.ts";
import { isRoomId } from "../../shared/chat/room-id.ts";
import { Refusal } from "./refusal.ts";

// What comes from the wire is `unknown` until one of these functions has read it; each throws a Refusal.

export interface CheckedDraft {
  readonly key: string;
  readonly room: string;
  readonly text: string;
  readonly picture: CheckedPicture | undefined;
  /** It may have been stored before. */
  readonly again: boolean;
}

export interface CheckedPicture {
  readonly type: PictureType;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export function readRoomId(raw: unknown): string {
  if (!isRoomId(raw)) throw new Refusal("bad-room");
  return raw;
}

export function readJoin(raw: unknown): JoinRequest {
  const request = readObject(raw);
  const room = readRoomId(request["room"]);
  const read = readOptionalId(request["read"]);
  return read === undefined ? { room } : { room, read };
}

export function readHistory(raw: unknown): HistoryRequest {
  const request = readObject(raw);
  const room = readRoomId(request["room"]);
  const before = request["before"];
  return before === undefined ? { room } : { room, before: readMessageId(before) };
}

export function readText(raw: unknown): string {
  if (typeof raw !== "string") throw new Refusal("bad-request");
  return raw;
}

export function readPictureRequest(raw: unknown): PictureRequest {
  const { author, key } = readObject(raw);
  if (typeof author !== "string" || typeof key !== "string") throw new Refusal("bad-request");
  return { author, key };
}

export function readDraft(raw: unknown): CheckedDraft {
  const draft = readObject(raw);
  const { key, text: rawText } = draft as { key?: unknown; text?: unknown };
  if (typeof key !== "string" || typeof rawText !== "string") throw new Refusal("bad-request");
  if (key.length < limits.messageKeyCharsMin || key.length > limits.messageKeyCharsMax)
    throw new Refusal("bad-request");
  const room = readRoomId(draft["room"]);
  // Before it is cleaned, so that cleaning has a bound too.
  if (rawText.length > limits.textCharsMax * 2) throw new Refusal("long-message");
  const text = cleanText(rawText);
  if (text.length > limits.textCharsMax) throw new Refusal("long-message");
  const picture = draft["picture"] === undefined ? undefined : readPicture(draft["picture"]);
  if (text === "" && picture === undefined) throw new Refusal("empty-message");
  return { key, room, text, picture, again: draft["again"] === true };
}

function readPicture(raw: unknown): CheckedPicture {
  const picture = readObject(raw);
  const bytes = picture["bytes"];
  if (!(bytes instanceof Uint8Array)) throw new Refusal("bad-request");
  if (bytes.byteLength > limits.pictureBytesMax) throw new Refusal("large-picture");
  const type = pictureTypeOf(bytes);
  if (type === undefined) throw new Refusal("bad-picture");
  return { type, bytes, width: readEdge(picture["width"]), height: readEdge(picture["height"]) };
}

export function readMessageId(raw: unknown): number {
  if (typeof raw !== "number" || !(raw >= 0 && raw <= Number.MAX_SAFE_INTEGER))
    throw new Refusal("bad-request");
  return raw;
}

function readOptionalId(raw: unknown): number | undefined {
  return raw === undefined || raw === null ? undefined : readMessageId(raw);
}

function readEdge(raw: unknown): number {
  if (
    typeof raw !== "number" ||
    !Number.isInteger(raw) ||
    raw < 1 ||
    raw > limits.pictureEdgePixelsMax
  ) {
    throw new Refusal("bad-picture");
  }
  return raw;
}

function readObject(raw: unknown): Record<string, unknown> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw))
    throw new Refusal("bad-request");
  return raw as Record<string, unknown>;
}
