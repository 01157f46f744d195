import { PollingTransport } from "./transports/polling.ts";
import { WebSocketTransport } from "./transports/websocket.ts";

/** Revision of the Engine.IO protocol that is spoken. */
export const protocol = 4;

/** The transports that are served, by name. */
export const transports: {
  readonly polling: typeof PollingTransport;
  readonly websocket: typeof WebSocketTransport;
} = {
  polling: PollingTransport,
  websocket: WebSocketTransport,
};
