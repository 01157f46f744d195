export { WebSocket as default } from "./shape.ts";
