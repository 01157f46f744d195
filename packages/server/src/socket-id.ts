import { makeSessionId } from "@hawser/engine/internal";
import type { Connection } from "@hawser/engine";

/** An id for a new socket: unguessable. Clients of Socket.IO 2 are not told theirs, they take that of their line. */
export function socketIdFor(conn: Connection, namespace: string): string {
  if (conn.protocol !== 3) return makeSessionId();
  return namespace === "/" ? conn.id : `${namespace}#${conn.id}`;
}
