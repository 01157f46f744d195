import { BrowserWebSocket } from "./browser-websocket.ts";
import type { TransportOptions } from "./transport.ts";

/** The `WebSocket` that Node.js 22 and later have themselves. It knows no Buffer, and sends no headers. */
export class GlobalWebSocket extends BrowserWebSocket {
  constructor(options: TransportOptions) {
    const { binaryType } = options;
    super({ ...options, binaryType: binaryType === "nodebuffer" ? "arraybuffer" : binaryType });
  }
}
