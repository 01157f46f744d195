import { WebSocketError } from "../errors.ts";
import { BINARY, TEXT } from "../frame/header.ts";
import { CONNECTING, OPEN } from "./link.ts";
import type { Link, Sent } from "./link.ts";
import type { SendOptions } from "../options.ts";
import { isBlob, payloadBytes, toPayload } from "./payload.ts";
import type { SendData } from "./payload.ts";
import { PreparedMessage } from "./prepared.ts";
import type { WrittenCallback } from "../connection/write-queue.ts";

/**
 * Sends whatever an application gives to `send`.
 *
 * @throws WebSocketError `WS_NOT_OPEN` while CONNECTING; TypeError for data that cannot be sent.
 */
export function dispatch(
  link: Link,
  data: SendData | PreparedMessage,
  options: SendOptions | undefined,
  callback: WrittenCallback | undefined,
): Sent {
  if (link.readyState === CONNECTING) throw notOpen(link);
  if (typeof data === "object" && !(data instanceof Uint8Array)) {
    if (data instanceof PreparedMessage) {
      if (link.readyState !== OPEN) return sendLate(link, data.byteLength, callback);
      return link.sendPrepared(data, options, callback);
    }
    if (isBlob(data)) {
      if (link.readyState !== OPEN) return sendLate(link, data.size, callback);
      return link.sendBlob(options?.binary === false ? TEXT : BINARY, data, options, callback);
    }
  }
  const payload = toPayload(data);
  if (link.readyState !== OPEN) return sendLate(link, payloadBytes(payload), callback);
  const opcode = (options?.binary ?? typeof payload !== "string") ? BINARY : TEXT;
  return link.send(opcode, payload, options, callback);
}

/** Something is sent after the connection has begun to close. */
export function sendLate(link: Link, bytes: number, callback: WrittenCallback | undefined): Sent {
  link.lateBytes += bytes;
  if (callback !== undefined) process.nextTick(callback, notOpen(link));
  return "refused";
}

export function notOpen(link: Link): WebSocketError {
  const state = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"][link.readyState] as string;
  return new WebSocketError("WS_NOT_OPEN", `readyState ${link.readyState} (${state})`);
}
