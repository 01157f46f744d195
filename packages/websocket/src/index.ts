export { WebSocket, WebSocket as default } from "./shape.ts";
export * from "./named.ts";
