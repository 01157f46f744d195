import { BrowserWebSocket } from "../transports/browser-websocket.ts";
import type { CookieJar, TransportCtor } from "../transports/transport.ts";
import { XHR } from "../transports/xhr.ts";

/** The transports of a platform; `#transports` resolves to the one at hand. */
export interface Transports {
  /** By name, in the order in which they are tried. */
  byName: Record<string, TransportCtor>;
  /** For platforms that keep no cookies themselves. */
  createCookieJar?: () => CookieJar;
}

/** Browsers, React Native and workers. */
export const transports: Transports = { byName: { polling: XHR, websocket: BrowserWebSocket } };
