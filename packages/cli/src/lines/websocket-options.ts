import { limits } from "../limits.ts";
import type { ClientOptions } from "@hawser/websocket";
import type { LineOptions } from "./line.ts";

/** The options of a WebSocket; with an agent, whose sockets are looked at, compression is not offered. */
export function websocketOptions(options: LineOptions): ClientOptions {
  const { agent, headers, insecure, token } = options;
  const bearer = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return {
    headers: { ...bearer, ...headers },
    handshakeTimeout: limits.connectTimeoutMs,
    maxPayload: limits.messageBytesMax,
    ...(agent !== undefined && { agent, perMessageDeflate: false }),
    ...(insecure && { rejectUnauthorized: false }),
  } as ClientOptions;
}
