import type { Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";

/** The HTTP servers of Node that a server can be attached to. */
export type TServerInstance = HttpServer | HttpsServer | Http2SecureServer | Http2Server;

/** A port, also as text: `new Server(process.env.PORT)`. */
export function portOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Whether something can be listened with, of whichever kind it is. */
export function isServer(value: unknown): boolean {
  return typeof (value as { listen?: unknown }).listen === "function";
}
