// Browsers have one of each; the names are those of socket.io-client. `#transports` resolves to the ones at hand.
export {
  BrowserWebSocket as NodeWebSocket,
  BrowserWebSocket as WebSocket,
} from "../transports/browser-websocket.ts";
export { Fetch } from "../transports/fetch.ts";
export { WebTransportTransport as WebTransport } from "../transports/webtransport.ts";
export { XHR as NodeXHR, XHR } from "../transports/xhr.ts";
