export type * from "../index.ts";
export { ClientError, TransportError } from "../errors.ts";
export { protocol } from "../lookup.ts";
export { Socket } from "../socket.ts";
export { io, io as connect, io as default } from "./io.ts";
export { Manager } from "./manager.ts";
