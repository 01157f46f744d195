import { parse } from "node:querystring";
import type { Connection } from "@hawser/engine";
import type { Handshake } from "./socket-types.ts";

/**
 * Describes how a client came in, from the first request of its connection.
 * @param issued when the socket was made, in ms since the epoch
 */
export function handshakeOf(
  conn: Connection,
  auth: Record<string, unknown>,
  issued: number,
): Handshake {
  const { request } = conn;
  const url = request.url ?? "";
  const queryAt = url.indexOf("?");
  return {
    headers: request.headers,
    time: String(new Date(issued)),
    address: conn.remoteAddress,
    xdomain: request.headers.origin !== undefined,
    secure: (request.socket as { encrypted?: boolean } | null)?.encrypted === true,
    issued,
    url,
    // A plain object: applications call its hasOwnProperty.
    query: queryAt === -1 ? {} : { ...parse(url.slice(queryAt + 1)) },
    auth,
  };
}
