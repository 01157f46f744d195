import { createHash } from "node:crypto";
import * as crypto from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Connection } from "../connection/connection.ts";
import type { ConnectionHandler, ConnectionOptions } from "../connection/connection.ts";
import { perMessageDeflate } from "../deflate/per-message-deflate.ts";
import type { PerMessageDeflateOptions } from "../deflate/options.ts";
import { WebSocketError } from "../errors.ts";
import type { Extension } from "../connection/extension.ts";
import { isHeaderLine, isToken, parseExtensions, parseProtocols } from "./headers.ts";
import { HandshakeError } from "./refuse.ts";
import { setUp } from "./set-up.ts";
import type { SetUp } from "./set-up.ts";

/** RFC 6455, section 1.3. */
const keySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** How a handshake is accepted. */
export interface AcceptOptions extends Partial<SetUp> {
  /** Extra header lines of the answer, as `Name: value`. */
  readonly headers?: readonly string[] | undefined;
  /** The subprotocol that was chosen among those the request offers. */
  readonly protocol?: string | undefined;
  /**
   * Whether and how messages are compressed, with clients that offer it. Default false. Give the same object for every
   * request: what connections can share, they share by it.
   */
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
}

/** The answer to a `Sec-WebSocket-Key` (RFC 6455, section 4.2.2). */
export function acceptKey(key: string): string {
  // One call where Node has it (21.7, 20.12), which costs less than half.
  return typeof crypto.hash === "function"
    ? crypto.hash("sha1", key + keySuffix, "base64")
    : createHash("sha1")
        .update(key + keySuffix)
        .digest("base64");
}

/** Whether the key is 16 bytes in base64. */
function isKey(key: string | undefined): key is string {
  return key !== undefined && /^[+/0-9A-Za-z]{22}==$/.test(key);
}

/** What is wrong with a request as a WebSocket handshake (RFC 6455, section 4.2.1), if anything. */
export function checkUpgrade(request: IncomingMessage): HandshakeError | undefined {
  const { headers } = request;
  if (request.method !== "GET") return new HandshakeError("WS_HANDSHAKE_METHOD", ["Allow: GET"]);
  if (headers.upgrade?.toLowerCase() !== "websocket")
    return new HandshakeError("WS_HANDSHAKE_UPGRADE");
  if (!isKey(headers["sec-websocket-key"])) return new HandshakeError("WS_HANDSHAKE_KEY");
  const version = headers["sec-websocket-version"];
  if (version !== "13" && version !== "8") {
    return new HandshakeError("WS_HANDSHAKE_VERSION", ["Sec-WebSocket-Version: 13, 8"]);
  }
  const protocols = headers["sec-websocket-protocol"];
  if (protocols !== undefined && parseProtocols(protocols) === undefined) {
    return new HandshakeError("WS_HANDSHAKE_PROTOCOL");
  }
  const extensions = headers["sec-websocket-extensions"];
  if (extensions !== undefined && parseExtensions(extensions) === undefined) {
    return new HandshakeError("WS_HANDSHAKE_EXTENSIONS");
  }
  return undefined;
}

/**
 * The lines of the answer that accepts a valid handshake, without the empty one at the end. `extension`: what was
 * negotiated.
 */
export function acceptLines(
  request: IncomingMessage,
  protocol: string,
  extension?: Extension,
): string[] {
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptKey(request.headers["sec-websocket-key"] as string)}`,
  ];
  if (protocol !== "") lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  if (extension !== undefined) lines.push(`Sec-WebSocket-Extensions: ${extension.header}`);
  return lines;
}

/**
 * Throws unless every line is one header, so that nothing breaks out of its line.
 *
 * @throws WebSocketError `WS_ARGUMENT`.
 */
export function checkLines(lines: readonly string[]): void {
  const wrong = lines.find((line) => !isHeaderLine(line));
  if (wrong === undefined) return;
  throw new WebSocketError("WS_ARGUMENT", `not a header line: ${JSON.stringify(wrong)}`);
}

/**
 * Accepts a WebSocket handshake that arrived with a node:http `upgrade` event, and returns the open connection. The
 * answer leaves at the end of the tick, in one write with what is sent first. When the request is not a valid handshake,
 * the error is returned, nothing is written, and the caller answers, for instance with `refuseUpgrade`.
 *
 * @throws WebSocketError `WS_ARGUMENT` when a header or the protocol cannot be sent as it is, or an option of
 *   `perMessageDeflate` is wrong.
 */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: AcceptOptions,
  handler: ConnectionHandler,
): Connection | HandshakeError {
  const error = checkUpgrade(request);
  if (error !== undefined) return error;
  const { headers, protocol = "" } = options;
  if (protocol !== "" && !isToken(protocol)) {
    throw new WebSocketError("WS_ARGUMENT", "the subprotocol is not a token");
  }
  const deflate = perMessageDeflate(options.perMessageDeflate);
  const extension = deflate?.accept(request.headers["sec-websocket-extensions"]);
  const lines = acceptLines(request, protocol, extension);
  if (headers !== undefined) {
    checkLines(headers);
    lines.push(...headers);
  }
  return openConnection(socket, head, lines, setUp("server", options), handler, extension);
}

/** Answers a handshake with these lines, and makes the connection. Its errors are handled from the first byte on. */
export function openConnection(
  socket: Duplex,
  head: Buffer,
  lines: readonly string[],
  options: ConnectionOptions,
  handler: ConnectionHandler,
  extension?: Extension,
): Connection {
  const connection = new Connection(socket, options, handler, extension);
  connection.start(head);
  // Queued like a frame, so that it leaves in one write with what is sent first.
  connection.sendHead(`${lines.join("\r\n")}\r\n\r\n`);
  return connection;
}
