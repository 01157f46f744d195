// A server in several shapes: typed, untyped, handed around, wrapped in classes, with plug-ins and adapters.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import { createSecureServer } from "node:http2";
import { Server } from "socket.io";
import type {
  BroadcastOperator,
  DefaultEventsMap,
  DisconnectReason,
  Event,
  ExtendedError,
  Namespace,
  RemoteSocket,
  ServerOptions,
  Socket,
} from "socket.io";
import { Adapter } from "socket.io-adapter";
import type { BroadcastOptions, Room, SocketId } from "socket.io-adapter";
import type { BetweenServers, ClientToServer, Data, ServerToClient } from "./events";

export type AppServer = Server<ClientToServer, ServerToClient, BetweenServers, Data>;
export type AppSocket = Socket<ClientToServer, ServerToClient, BetweenServers, Data>;
export type AppNamespace = Namespace<ClientToServer, ServerToClient, BetweenServers, Data>;
export type AppRemote = RemoteSocket<ServerToClient, Data>;
export type Middleware = Parameters<AppNamespace["use"]>[0];
export type Handler<E extends keyof ClientToServer> = ClientToServer[E];
export type Handshake = AppSocket["handshake"];
/** Holds where a value is of a type. */
const is = <T>(_value: T): void => {};

class CountingAdapter extends Adapter {
  public sent = 0;
  public override broadcast(packet: unknown, opts: BroadcastOptions): void {
    this.sent += opts.rooms.size;
    super.broadcast(packet, opts);
  }
  public override addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    return super.addAll(id, rooms);
  }
}

const options: Partial<ServerOptions> = {
  adapter: CountingAdapter,
  cors: (_request, decide) => decide(null, { origin: true }),
  cookie: true,
  allowRequest: async (request, decide) => decide(undefined, request.url !== "/"),
  connectionStateRecovery: {},
  maxHttpBufferSize: 1e8,
  transports: ["websocket"],
};

export const io: AppServer = new Server(createServer(), options);
export const others: Server[] = [
  new Server(),
  new Server(3000),
  new Server({ serveClient: false }),
  new Server(createSecure()),
  new Server(createSecureServer()),
  new Server(undefined, { cookie: { name: "io", path: "/", sameSite: "lax" } }),
  new Server<ClientToServer>() as unknown as Server,
];

export const requireUser: Middleware = (socket, next) => {
  is<Data>(socket.data as Data);
  const error: ExtendedError = Object.assign(new Error("who?"), { data: { retry: false } });
  next(socket.handshake.auth["token"] ? undefined : error);
};

export function onConnection(socket: AppSocket): void {
  const list: Handler<"message:list"> = (before, reply) =>
    reply(before ? [] : [{ from: "", text: "" }]);
  socket.on("message:list", list);
  socket.off("message:list", list);
  socket.on("message:send", (text, attachment) => {
    is<string>(text);
    is<ArrayBuffer | null>(attachment);
  });
  socket.on("rename", async (name, reply) => {
    const yes = await socket.emitWithAck("confirm", `Really ${name}?`);
    is<boolean>(yes);
    reply(yes ? null : "no", name);
  });
  socket.once("typing", () => socket.broadcast.emit("users", "a", "b"));
  socket.on("disconnect", (reason, details) => {
    is<DisconnectReason>(reason);
    is<any>(details);
  });
  socket.timeout(10).emit("confirm", "?", (error, yes) => {
    is<Error>(error);
    is<boolean>(yes);
  });
  socket
    .to(["a", "b"])
    .except("c")
    .timeout(5)
    .emit("confirm", "all?", (error, answers) => {
      is<Error>(error);
      is<boolean[]>(answers);
    });
  socket.use((event: Event, next) => next());
  socket.use(([name, ...args], next) => {
    is<string>(name);
    is<any[]>(args);
    next(new Error(name));
  });
  socket.onAny((name, ...args) => [name, args]).onAnyOutgoing((name) => name);
  is<Set<string>>(socket.rooms);
  is<string>(socket.id);
  is<boolean>(socket.recovered);
  is<boolean>(socket.connected);
  void socket.join("one");
  void socket.leave("one");
  socket.data.since = new Date();
  const returned: AppSocket = socket.disconnect(true).compress(false);
  // @ts-expect-error no messages are declared
  returned.send("hello");

  // @ts-expect-error no such event to listen to
  socket.on("message:remove", () => {});
  // @ts-expect-error the message is an object
  socket.emit("message:new", "text");
  // @ts-expect-error an answer is needed
  socket.emit("confirm", "?");
  // @ts-expect-error the answer is true or false
  socket.emit("confirm", "?", (answer: string) => answer);
  // @ts-expect-error users has no answer to wait for that is of this type
  socket.emitWithAck("confirm", 1);
  // @ts-expect-error the data have no such member
  socket.data.nobody = 1;
  // @ts-expect-error rooms are read, not set
  socket.rooms.add(1);
  // @ts-expect-error ids are not to be changed
  socket.id = "other";
  // @ts-expect-error a handler of the disconnection gets no number first
  socket.on("disconnect", (reason: number) => reason);
}

io.on("connection", onConnection);
io.of("/admin").use(requireUser).on("connection", onConnection);
io.of(/^\/dynamic-\d+$/).on("connect", (socket) => is<string>(socket.nsp.name));
io.of((name, auth, next) => next(null, name === auth["name"]));
io.on("flush", (room) => io.in(room).emit("users"));
io.on("load", (reply) => reply(io.engine.clientsCount));
io.serverSideEmit("flush", "room");
// @ts-expect-error between servers there is no such event
io.serverSideEmit("typing");
// @ts-expect-error a broadcast of an event that is not known
io.emit("typing");
// @ts-expect-error the wrong argument
io.to("room").emit("users", 1);
// @ts-expect-error a string is no number of milliseconds
io.timeout("1 s");
// @ts-expect-error options that are of the wrong type
void new Server({ pingInterval: "25 s" });
// @ts-expect-error a transport that there is not
void new Server({ transports: ["carrier pigeon"] });

export async function acrossServers(): Promise<void> {
  is<number[]>(await io.serverSideEmitWithAck("load"));
  is<boolean[]>(await io.timeout(1_000).emitWithAck("confirm", "?"));
  is<boolean[]>(await io.of("/").to("room").timeout(1).emitWithAck("confirm", "?"));
  const sockets: AppRemote[] = await io.fetchSockets();
  for (const socket of sockets) {
    is<Data>(socket.data as Data);
    is<Set<string>>(socket.rooms);
    socket.emit("users", ...sockets.map((it) => it.id));
    const answers = await io.in(socket.id).timeout(1).emitWithAck("confirm", "you?");
    is<boolean[]>(answers);
  }
}

const operator: BroadcastOperator<ServerToClient, Data> = io.to("a").to(["b", "c"]).volatile;
operator.local.compress(true).except("d").emit("users");
operator.socketsJoin(["x", "y"]);
operator.disconnectSockets();

/** Takes any server, as plug-ins do. */
export function plugIn(server: Server<any, any, any, any>, namespace: Namespace): number {
  namespace.adapter.on("create-room", (room: string) => room);
  return server.engine.clientsCount + namespace.sockets.size + namespace.adapter.sids.size;
}
plugIn(io, new Server().of("/"));

export class Gateway<Events extends object = DefaultEventsMap> {
  readonly #sockets = new Map<SocketId, Socket>();
  public constructor(private readonly server: Server) {
    server.on("connection", (socket) => this.#sockets.set(socket.id, socket));
  }
  public tell(name: keyof Events & string, ...args: unknown[]): boolean {
    return this.server.emit(name, ...args);
  }
  public async end(): Promise<void> {
    await this.server.close();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
  }
}

/** What middlewares of Express look like from outside. */
interface ExpressRequest extends IncomingMessage {
  session: { user: string };
}
type RequestHandler = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: any) => void,
) => void;
const keepSession: RequestHandler = (request, _response, next) => next(request.session.user);
const onlyForHandshakes =
  (middleware: RequestHandler) =>
  (
    request: ExpressRequest & { _query: Record<string, string> },
    response: ServerResponse,
    next: () => void,
  ): void =>
    request._query["sid"] === undefined ? middleware(request, response, next) : next();
io.engine.use(keepSession);
io.engine.use(onlyForHandshakes(keepSession));
io.engine.on("initial_headers", (headers, request) => (headers["x"] = request.url));
io.engine.on("headers", (headers, request) => request.session && (headers["y"] = "1"));
io.engine.on("connection_error", (error) => [
  error.req.url,
  error.code,
  error.message,
  error.context,
]);
io.engine.opts.pingInterval = 1;
is<number>(io.engine.clientsCount);
export const socketsCount: number = io.of("/").sockets.size + io.sockets.sockets.size;
export const rooms: Map<Room, Set<SocketId>> = io.of("/").adapter.rooms;
