import { WebSocketError } from "../errors.ts";
import { dispatch } from "../socket/dispatch.ts";
import { OPEN } from "../socket/link.ts";
import { prepare, PreparedMessage } from "../socket/prepared.ts";
import type { SendData } from "../socket/payload.ts";
import { linkOf } from "../socket/websocket.ts";
import type { WebSocket } from "../socket/websocket.ts";

/** To whom a message is published, and how. */
export interface PublishOptions<Socket extends WebSocket = WebSocket> {
  /** These sockets, or those of the server's clients for which it returns true. Default: all clients. */
  to?: Iterable<Socket> | ((socket: Socket) => boolean) | undefined;
  /** Not these. */
  except?: Socket | Iterable<Socket> | undefined;
  /** Binary or text. Default: text for a string or a number, binary for everything else. */
  binary?: boolean | undefined;
  /** Whether to compress, where compression was negotiated. Default: as `send` does. */
  compress?: boolean | undefined;
}

/**
 * Frames a message once and sends it to many; how many were sent it.
 *
 * @throws WebSocketError `WS_ARGUMENT` when there is no set of clients and `to` names none.
 */
export function publish<Socket extends WebSocket>(
  data: Exclude<SendData, Blob> | PreparedMessage,
  clients: ReadonlySet<Socket> | undefined,
  options: PublishOptions<Socket>,
): number {
  const { to, compress } = options;
  const sockets = typeof to === "object" ? to : clients;
  if (sockets === undefined) {
    throw new WebSocketError("WS_ARGUMENT", "without clientTracking, publish needs sockets in to");
  }
  const message =
    data instanceof PreparedMessage ? data : prepare(data, { binary: options.binary });
  const how = compress === undefined ? undefined : { compress };
  const left = exceptions(options.except);
  let receivers = 0;
  for (const socket of sockets) {
    if (left?.has(socket) === true) continue;
    if (typeof to === "function" && !to(socket)) continue;
    const link = linkOf(socket);
    if (link.readyState === OPEN && dispatch(link, message, how, undefined) !== "refused")
      receivers++;
  }
  return receivers;
}

function exceptions<Socket extends WebSocket>(
  except: Socket | Iterable<Socket> | undefined,
): ReadonlySet<Socket> | undefined {
  if (except === undefined) return undefined;
  return new Set(Symbol.iterator in except ? except : [except]);
}
