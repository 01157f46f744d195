import type { OutgoingHttpHeaders } from "node:http";
import { WebSocket } from "@hawser/websocket";
import { nodeOptions } from "./options.node.ts";
import type { WebSocketLike } from "./websocket.ts";
import { WebSocketTransport } from "./websocket.ts";

/** Engine.IO over the WebSocket of `@hawser/websocket`, which sends headers and takes TLS options. */
export class NodeWebSocket extends WebSocketTransport {
  protected connect(url: string, protocols: string | string[] | undefined): WebSocketLike {
    const { cookieJar, extraHeaders } = this.opts;
    const headers: OutgoingHttpHeaders = { ...extraHeaders };
    const cookies = cookieJar?.header();
    if (cookies) headers["Cookie"] = cookies;
    return new WebSocket(url, protocols, {
      ...nodeOptions(this.opts),
      headers,
    }) as unknown as WebSocketLike;
  }
}
