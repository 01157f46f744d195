import type { Dialect } from "../target.ts";

/** How the messages of a language are written and known again; as little as a load generator needs. */
export interface Wire {
  /** What is sent when the websocket is open. */
  readonly opening: readonly (string | Buffer)[];
  /** Whether a frame says that the line is ready; "refused" and "ping" are answered by the caller. */
  kindOf(data: Buffer, isBinary: boolean): FrameKind;
  message(id: number): string | Buffer;
}

/** `hello`: the opening may be sent; `ready`: messages may; a number: the echo of this message; "other": of no interest. */
export type FrameKind = number | "hello" | "ready" | "refused" | "ping" | "other";

export interface WireSettings {
  readonly dialect: Dialect;
  readonly namespace: string;
  readonly auth: object | undefined;
  readonly event: string;
  readonly echo: "ack" | "event";
  readonly size: number;
}

/** `7:xxxx…`, so that an echo is known by its beginning, and the size is as asked for. */
export function payloadOf(id: number, size: number): string {
  return `${id}:`.padEnd(size, "x");
}

/** The number behind a mark: of the id in `["echo","7:xx`. */
export function numberAfter(text: string, mark: string, from = 0): number | undefined {
  const at = text.indexOf(mark, from);
  if (at === -1) return undefined;
  const digits = /^\d+/.exec(text.slice(at + mark.length, at + mark.length + 16));
  return digits ? Number(digits[0]) : undefined;
}

/** What an event that comes back begins with, behind `data`. */
export const payloadMark = '["';
