import { STATUS_CODES } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketError } from "../errors.ts";
import type { HandshakeErrorCode } from "../errors.ts";
import { refusalTimeoutMs } from "../limits.ts";
import { isHeaderLine } from "./headers.ts";

/** Why a handshake is refused, with the HTTP status and extra header lines that say so. */
export class HandshakeError extends WebSocketError {
  declare readonly status: number;
  /** Header lines that belong to the answer, as `Name: value`. */
  readonly headers: readonly string[];

  constructor(code: HandshakeErrorCode, headers: readonly string[] = [], detail?: string) {
    super(code, detail);
    this.headers = headers;
  }
}

/**
 * Answers an upgrade request with plain HTTP and ends the socket. The peer has 5 seconds to take the answer and go;
 * errors of the socket end with it. Of `headers`, which are lines as `Name: value`, those that would break out of their
 * line are left out.
 */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  body: string = STATUS_CODES[status] ?? "",
  headers: readonly string[] = [],
): void {
  socket.on("error", () => socket.destroy());
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Connection: close",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers.filter((line) => isHeaderLine(line)),
  ];
  if (!headers.some((line) => /^content-type:/i.test(line)))
    lines.push("Content-Type: text/plain; charset=utf-8");
  const timer = setTimeout(() => socket.destroy(), refusalTimeoutMs);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
  socket.once("finish", () => socket.destroy());
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

/** Answers plain HTTP on a port that serves nothing else (RFC 9110, section 15.5.22). */
export function refuseRequest(_request: IncomingMessage, response: ServerResponse): void {
  const body = STATUS_CODES[426] as string;
  response.writeHead(426, {
    Upgrade: "websocket",
    "Content-Type": "text/plain",
    "Content-Length": body.length,
  });
  response.end(body);
}
