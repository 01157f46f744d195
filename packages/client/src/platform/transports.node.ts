import { NodeCookieJar } from "../transports/cookie-jar.node.ts";
import { NodeHttp } from "../transports/http.node.ts";
import { NodeWebSocket } from "../transports/websocket.node.ts";
import type { Transports } from "./transports.ts";

/** Node.js, and what has its modules: Bun and Deno. */
export const transports: Transports = {
  byName: { polling: NodeHttp, websocket: NodeWebSocket },
  createCookieJar: () => new NodeCookieJar(),
};
