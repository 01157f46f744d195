export { Connection } from "./engine/connection.ts";
export { TransportError } from "./transports/transport.ts";
