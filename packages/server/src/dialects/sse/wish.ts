import { defaultPlainLimits } from "../limits.ts";
import type { IncomingMessage } from "node:http";

/** What a request for a stream asks for. */
export interface SseWish {
  readonly namespace: string;
  /** The rooms that it wants to hear, each once. */
  readonly rooms: readonly string[];
  /** The position of what it had last; undefined when it begins. */
  readonly lastEventId: string | undefined;
}

/** What is wrong with a request, and where. */
export interface SseFault {
  readonly code: "FIELD_INVALID" | "SUBSCRIPTIONS_TOO_MANY";
  readonly message: string;
  /** A JSON pointer into the query. */
  readonly at: string;
}

/** Reads the query and the header `Last-Event-ID`, which is newer than the query when a browser comes again. */
export function readWish(request: IncomingMessage): SseWish | SseFault {
  const url = request.url ?? "";
  const at = url.indexOf("?");
  const query = new URLSearchParams(at === -1 ? "" : url.slice(at + 1));
  const namespace = query.get("namespace") ?? "/";
  if (!namespace.startsWith("/")) {
    return invalid("/namespace", "a namespace begins with a slash");
  }
  const rooms = [...new Set(query.getAll("room"))];
  const { subscriptionsMax, roomNameChars } = defaultPlainLimits;
  if (rooms.length > subscriptionsMax) {
    const message = `at most ${subscriptionsMax} rooms`;
    return { code: "SUBSCRIPTIONS_TOO_MANY", message, at: "/room" };
  }
  const wrong = rooms.findIndex((room) => room === "" || room.length > roomNameChars);
  if (wrong !== -1) {
    return invalid(`/room/${wrong}`, `a room has a name of 1 to ${roomNameChars} characters`);
  }
  const header = request.headers["last-event-id"];
  const lastEventId = (typeof header === "string" ? header : undefined) ?? query.get("lastEventId");
  return { namespace, rooms, lastEventId: lastEventId || undefined };
}

function invalid(at: string, message: string): SseFault {
  return { code: "FIELD_INVALID", message, at };
}
