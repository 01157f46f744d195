export { WebSocketError } from "./errors.ts";
