import type { DurableSocket } from "./durable/types.ts";
import type { SocketExtension } from "./extension.ts";
import type { Manager } from "./manager.ts";
import type { ManagerOptions, SocketOptions } from "./options.ts";
import { Socket } from "./socket.ts";
// oxlint-disable-next-line no-restricted-imports -- the seam to React Native, inside this package
import { addresses } from "#address";

/** Version of the Socket.IO protocol. */
export const protocol: number = 5;

type Durable = { durable: SocketExtension };
type Options = Partial<ManagerOptions & SocketOptions>;

/** Makes sockets; carries the classes for those who load the library with a script tag. */
export interface Lookup {
  /**
   * Connects to a namespace of a server.
   *
   * Sockets for different namespaces of one server share a connection, unless `forceNew` or `multiplex: false` says
   * otherwise; a second socket for the same namespace always gets a connection of its own.
   *
   * @example
   * const socket = io("https://example.com/admin", { auth: { token } });
   */
  (uri: string | undefined, opts: Options & Durable): DurableSocket;
  (opts: Options & Durable): DurableSocket;
  (uri?: string, opts?: Options): Socket;
  /** The same on the page's own server. */
  (opts?: Options): Socket;
  (uri?: string | Options, opts?: Options): Socket;
  io: Lookup;
  connect: Lookup;
  Manager: typeof Manager;
  Socket: typeof Socket;
  protocol: number;
}

// The server's name with what stands before it, and the query with what follows.
const aroundNamespace = /^([^/?#]*\/\/)?[^/?#]*|[?#].*/g;

/** The function that finds or makes managers of one class. */
export function createLookup(ManagerClass: typeof Manager): Lookup {
  // Those that sockets may share, by server and path.
  const managers: Record<string, Manager> = {};

  function lookup(uri?: string | Options, opts?: Options): Socket {
    if (typeof uri === "object") return lookup(undefined, uri);
    const options = { ...opts };
    options.path ||= "/socket.io";
    const url = addresses.parse(uri || "/", globalThis.location);
    const { href, host } = url;
    // As it was written: `URL` would encode it.
    const nsp = (uri ?? "").replace(aroundNamespace, "") || "/";

    const id = url.protocol + host + options.path;
    const shared = managers[id];
    const alone = options.forceNew || options.multiplex === false || (shared && nsp in shared.nsps);
    const create = () => new ManagerClass(href, options);
    const manager = alone ? create() : (managers[id] ??= create());
    return manager.socket(nsp, options);
  }

  const io = Object.assign(lookup, { Manager: ManagerClass, Socket, protocol }) as Lookup;
  return (io.io = io.connect = io);
}
