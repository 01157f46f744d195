import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketError } from "../errors.ts";
import type { HandshakeErrorCode } from "../errors.ts";
import { refusalTimeoutMs } from "../limits.ts";

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
 * errors of the socket end with it.
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
    "Content-Type: text/html",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  const timer = setTimeout(() => socket.destroy(), refusalTimeoutMs);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
  socket.once("finish", () => socket.destroy());
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
