import { Connection } from "../engine/connection.ts";
import type { Connect } from "../engine/line.ts";
import { BrowserWebSocket } from "../transports/browser-websocket.ts";
import { XHR } from "../transports/xhr.ts";

const transports = { polling: XHR, websocket: BrowserWebSocket };

/** Browsers, React Native and workers; `#connect` resolves to the one at hand. */
export const connect: Connect = (uri, options) => new Connection(uri, options, transports);
