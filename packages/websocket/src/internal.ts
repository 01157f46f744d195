export { Connection } from "./connection.ts";
export type { ConnectionHandler, ConnectionOptions } from "./connection.ts";
export type { WrittenCallback } from "./write-queue.ts";
export { frameBinary, frameText } from "./frame/writer.ts";
export { acceptUpgrade, checkUpgrade } from "./handshake/accept.ts";
export type { AcceptOptions } from "./handshake/accept.ts";
export { HandshakeError, refuseUpgrade } from "./handshake/refuse.ts";
export { WebSocketError } from "./errors.ts";
