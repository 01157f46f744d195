import { Connection } from "../engine/connection.ts";
import type { Connect } from "../engine/line.ts";
import type { TransportCtor } from "../transports/transport.ts";
import { NodeCookieJar } from "../transports/cookie-jar.node.ts";
import { NodeXHR } from "../transports/http.node.ts";
import { NodeWebSocket } from "../transports/websocket.node.ts";
import { WebTransportTransport } from "../transports/webtransport.ts";
import { completeErrors } from "./errors.node.ts";

completeErrors();

/** Node.js, and what has its modules: Bun and Deno. */
export const connect: Connect = connectOver({
  polling: NodeXHR,
  websocket: NodeWebSocket,
  webtransport: WebTransportTransport,
});

/** Connections over some transports, each with cookies of its own, since the platform keeps none. */
export function connectOver(transports: Record<string, TransportCtor>): Connect {
  return (uri, options) =>
    new Connection(
      uri,
      options.withCredentials ? { ...options, cookieJar: new NodeCookieJar() } : options,
      transports,
    );
}
