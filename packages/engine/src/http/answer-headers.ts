import type { IncomingMessage } from "node:http";
import type { CookieOptions } from "../options.ts";
import { sessionCookie } from "./cookie.ts";
import type { ReplyHeaders } from "./reply.ts";

/** Where users get at the headers of answers. */
export interface HeaderListener {
  listenerCount(event: "initial_headers" | "headers"): number;
  emit(
    event: "initial_headers" | "headers",
    headers: ReplyHeaders,
    request: IncomingMessage,
  ): boolean;
}

/** Internet Explorer up to 11 filters what looks like script in an answer, and so breaks payloads. */
function isOldInternetExplorer(userAgent: string | undefined): boolean {
  return userAgent !== undefined && (userAgent.includes(";MSIE") || userAgent.includes("Trident/"));
}

/** Headers of a polling answer. */
export function pollingHeaders(
  listener: HeaderListener,
  request: IncomingMessage,
  cookie: true | string | CookieOptions | undefined,
  sessionId: string,
  first: boolean,
): ReplyHeaders {
  const headers: ReplyHeaders = { "Cache-Control": "no-store" };
  if (isOldInternetExplorer(request.headers["user-agent"])) headers["X-XSS-Protection"] = "0";
  if (first) addInitial(listener, headers, request, cookie, sessionId);
  tell(listener, "headers", headers, request);
  return headers;
}

/** Extra headers of the answer to a websocket upgrade, on top of what middlewares have set. */
export function upgradeHeaders(
  listener: HeaderListener,
  request: IncomingMessage,
  cookie: true | string | CookieOptions | undefined,
  sessionId: string | undefined,
  headers: ReplyHeaders,
): ReplyHeaders {
  if (sessionId !== undefined) addInitial(listener, headers, request, cookie, sessionId);
  tell(listener, "headers", headers, request);
  return headers;
}

function addInitial(
  listener: HeaderListener,
  headers: ReplyHeaders,
  request: IncomingMessage,
  cookie: true | string | CookieOptions | undefined,
  sessionId: string,
): void {
  if (cookie !== undefined) headers["Set-Cookie"] = sessionCookie(cookie, sessionId);
  tell(listener, "initial_headers", headers, request);
}

/** Most servers have nobody who listens, and an `emit` makes a list of what it is given. */
function tell(
  listener: HeaderListener,
  event: "initial_headers" | "headers",
  headers: ReplyHeaders,
  request: IncomingMessage,
): void {
  if (listener.listenerCount(event) > 0) listener.emit(event, headers, request);
}
