import { STATUS_CODES } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Header names and values of an answer; a list is sent as several lines. */
export type ReplyHeaders = Record<string, string | string[]>;

/** The body of a refusal. */
export interface RefusalBody {
  code: number;
  message: string;
  /** What the developer can change. */
  hint?: string;
}

/** Answers a request with JSON, unless it has been answered. */
export function replyJson(response: ServerResponse, status: number, body: RefusalBody): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
  });
  response.end(text);
  boundUnreadBody(response.req);
}

/** How long a client may go on with a body that nobody wants any more. Cutting at once could cost it the answer. */
const unreadBodyTimeoutMs = 5_000;

/** Reads what is still to come of a request that has been answered, without keeping it, for a bounded time. */
export function boundUnreadBody(request: IncomingMessage): void {
  const { headers } = request;
  const hasBody =
    headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
  if (!hasBody || request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), unreadBodyTimeoutMs);
  timer.unref();
  request.once("close", () => clearTimeout(timer));
}

/** Answers with text or bytes, unless it has been answered. */
export function replyBody(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Uint8Array,
  headers: ReplyHeaders,
): void {
  if (response.headersSent || response.destroyed) return;
  const cookies = response.getHeader("set-cookie");
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": Buffer.byteLength(body),
    ...(cookies === undefined ? headers : withCookies(headers, cookies)),
  });
  response.end(body);
}

/** Keeps the cookies that a middleware has set beside ours: one header would replace the other. */
export function withCookies(
  headers: ReplyHeaders,
  cookies: number | string | string[],
): ReplyHeaders {
  const merged: ReplyHeaders = {};
  const list = Array.isArray(cookies) ? [...cookies] : [String(cookies)];
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== "set-cookie") merged[name] = value;
    else if (Array.isArray(value)) list.push(...value);
    else list.push(value);
  }
  merged["Set-Cookie"] = list;
  return merged;
}

/** Header lines as they stand in an HTTP/1.1 head, without the line ends. */
export function headerLines(headers: ReplyHeaders): string[] {
  const lines: string[] = [];
  for (const name in headers) {
    const value = headers[name] as string | string[];
    if (Array.isArray(value)) for (const item of value) lines.push(`${name}: ${item}`);
    else lines.push(`${name}: ${value}`);
  }
  return lines;
}

/** How long a refused client may take to read its answer. */
const refusalTimeoutMs = 5_000;

/** Answers an upgrade request with a plain HTTP response and closes its socket, in bounded time. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  headers: ReplyHeaders,
  body: string | Buffer,
): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const lines = headerLines({
    ...headers,
    Connection: "close",
    "Content-Length": String(Buffer.byteLength(body)),
  });
  const timer = setTimeout(() => socket.destroy(), refusalTimeoutMs);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
  socket.once("finish", () => socket.destroy());
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n`);
  socket.end(body);
}
