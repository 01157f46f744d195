import type { WebSocketLike } from "./websocket.ts";
import { WebSocketTransport } from "./websocket.ts";

/** The platform's own `WebSocket`. */
export class BrowserWebSocket extends WebSocketTransport {
  protected connect(url: string, protocols: string | string[] = []): WebSocketLike {
    // Browsers ignore the third argument; React Native and Bun take headers from it. Chromium takes an undefined
    // second argument for the subprotocol "undefined" as soon as there is a third.
    const Socket = WebSocket as unknown as new (
      url: string,
      protocols: string | string[],
      options: object,
    ) => WebSocketLike;
    return new Socket(url, protocols, { headers: this.opts.extraHeaders });
  }
}
