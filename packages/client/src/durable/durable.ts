import type { SocketExtension } from "../extension.ts";
import { DurableLink } from "./link.ts";
import { resolveDurable } from "./options.ts";
import type { DurableOptions } from "./options.ts";

/**
 * Durable delivery, for the option `durable` of `io()`: each namespace's socket gets a session and an outbox of its own.
 *
 * @throws DeliveryError `OPTION_INVALID`
 * @example
 * const socket = io(url, { durable: durable({ storage: "indexeddb" }) });
 * const receipt = await socket.durable.emit("order", { item: 7 });
 */
export function durable(options: DurableOptions = {}): SocketExtension {
  const settings = resolveDurable(options);
  return (socket, handler, send) => {
    const link = new DurableLink(socket, { ...handler }, send, settings);
    handler.open = () => link.open();
    handler.packet = (packet) => link.packet(packet);
    handler.close = (reason, description) => link.close(reason, description);
  };
}
