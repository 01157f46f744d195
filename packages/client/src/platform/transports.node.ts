export { Fetch } from "../transports/fetch.ts";
export { GlobalWebSocket as WebSocket } from "../transports/global-websocket.node.ts";
export { NodeXHR } from "../transports/http.node.ts";
export { NodeWebSocket } from "../transports/websocket.node.ts";
export { WebTransportTransport as WebTransport } from "../transports/webtransport.ts";
export { XHR } from "../transports/xhr.ts";
