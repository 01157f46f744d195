import { Manager } from "./manager.ts";
import type { ManagerOptions, SocketOptions } from "./options.ts";
import { Socket } from "./socket.ts";
import { parseQuery, resolveUrl } from "./url.ts";

/** Version of the Socket.IO protocol. */
export const protocol: number = 5;

type Options = Partial<ManagerOptions & SocketOptions>;

/** The managers that sockets may share, by server and path. */
const managers: Record<string, Manager> = {};

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

function lookup(uri?: string | Options, opts?: Options): Socket {
  if (typeof uri === "object") return lookup(undefined, uri);
  const options = { ...opts };
  options.path ||= "/socket.io";
  const url = resolveUrl(uri ?? "/", options.path, globalThis.location);
  const { id, source, path } = url;
  if (url.query && !options.query) options.query = parseQuery(url.query);

  const shared = managers[id];
  const alone = options.forceNew || options.multiplex === false || (shared && path in shared.nsps);
  const manager = alone
    ? new Manager(source, options)
    : (managers[id] ??= new Manager(source, options));
  return manager.socket(path, options);
}

/** Connects to a namespace of a server, see {@link Lookup}. */
export const io: Lookup = Object.assign(lookup, { Manager, Socket, protocol }) as Lookup;
io.io = io.connect = io;
