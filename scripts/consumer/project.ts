// What a project written for Socket.IO 4 has in its files, under strict. It is compiled twice, unchanged: with the
// types of npm socket.io, so that it is known to be right, and with Hawser's in their place.
import { createServer } from "node:http";
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

declare module "socket.io" {
  interface Socket {
    userId?: string;
  }
}

interface ClientToServerEvents {
  noArg: () => void;
  basicEmit: (a: number, b: string, c: number[]) => void;
  ask: (question: string, callback: (answer: string) => void) => void;
}
interface ServerToClientEvents {
  hello: (name: string, at: Date) => void;
  withAck: (d: string, callback: (e: number) => void) => void;
  binary: (data: Buffer) => void;
}
interface InterServerEvents {
  ping: () => void;
  howMany: (callback: (n: number) => void) => void;
}
interface SocketData {
  name: string;
  age?: number;
}

type Io = Server<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;
type Sock = Socket<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;

const options: Partial<ServerOptions> = {
  path: "/rt",
  serveClient: false,
  pingInterval: 10_000,
  pingTimeout: 5_000,
  upgradeTimeout: 5_000,
  maxHttpBufferSize: 1e6,
  transports: ["polling", "websocket"],
  allowUpgrades: true,
  perMessageDeflate: { threshold: 2048 },
  httpCompression: { threshold: 2048 },
  cookie: { name: "io", httpOnly: true, sameSite: "strict", maxAge: 86_400 },
  cors: { origin: ["https://example.com", /\.example\.com$/], credentials: true },
  allowEIO3: false,
  addTrailingSlash: true,
  connectTimeout: 20_000,
  connectionStateRecovery: { maxDisconnectionDuration: 60_000, skipMiddlewares: true },
  cleanupEmptyChildNamespaces: true,
  allowRequest: (req, fn) => fn(null, req.headers.origin === undefined),
};

const http = createServer();
const io: Io = new Server(http, options);
const untyped = new Server();
const early: Server = new Server({ cors: { origin: "*" } });
early.attach(http);
early.listen(3000, { path: "/x" });

function register(server: Server): Server {
  return server.on("connection", (socket) => {
    socket.on("anything", (a, b: string) => socket.emit("else", a, b));
    socket.data.whatever = 1;
  });
}
register(untyped);

io.use((socket, next) => {
  const token: string | undefined = socket.handshake.auth.token;
  const { query, headers, address, issued, secure, time, url, xdomain } = socket.handshake;
  const room = Array.isArray(query.room) ? query.room[0] : query.room;
  socket.userId = headers["x-user"] as string;
  socket.data = {
    name: `${token} ${room} ${address} ${issued} ${secure} ${time} ${url} ${xdomain}`,
  };
  const error: ExtendedError = new Error("not allowed");
  error.data = { code: 1 };
  next(token ? undefined : error);
});
io.use(async (socket, next) => {
  await socket.join(["a", "b"]);
  next();
});

io.on("connection", (socket) => {
  const named: string = socket.data.name;
  const { userId } = socket;
  socket.on("basicEmit", (a, b, c) => {
    const sum: number = a + c.length;
    socket.emit("hello", b + named + userId, new Date(sum));
  });
  socket.on("ask", (question, callback) => callback(question.toUpperCase()));
  socket.once("noArg", () => socket.broadcast.emit("binary", Buffer.alloc(1)));
  socket.on("disconnecting", (reason: DisconnectReason) => [...socket.rooms].includes(reason));
  socket.on("disconnect", (reason, description) => {
    const known: DisconnectReason = reason;
    return [known, description];
  });
  socket.on("error", (error) => error.message);
  socket.onAny((event: string, ...args: unknown[]) => [event, ...args]);
  socket.onAnyOutgoing((event, ...args) => [event, args]);
  socket.prependAny(() => {}).offAny();
  socket.use(([event, ...args]: Event, next) =>
    next(args.length > 9 ? new Error(event) : undefined),
  );
  socket.to("room").except(["x", "y"]).emit("hello", "you", new Date());
  socket.timeout(1000).emit("withAck", "d", (err, e) => {
    const failed: Error = err;
    const value: number = e;
    return [failed, value];
  });
  socket.volatile.emit("hello", "you", new Date());
  socket.compress(false).emit("hello", "you", new Date());
  socket.local.emit("hello", "you", new Date());
  socket.conn.on("upgrade", (transport) => transport.name);
  socket.conn.on("packet", ({ type, data }) => [type, data]);
  const { name } = socket.conn.transport;
  const ip = socket.request.headers["x-forwarded-for"] ?? socket.conn.remoteAddress;
  socket.request.on("close", () => {});
  socket.disconnect(name === ip);
  // @ts-expect-error the client has no such event
  socket.emit("unknown");
  // @ts-expect-error the second argument is a string
  socket.on("basicEmit", (a: number, b: number) => [a, b]);
});

async function ask(socket: Sock): Promise<void> {
  const one: number = await socket.emitWithAck("withAck", "d");
  const inTime: number = await socket.timeout(100).emitWithAck("withAck", "d");
  const all: number[] = await io.timeout(100).emitWithAck("withAck", `${one}${inTime}`);
  const inRoom: number[] = await io.to("room").timeout(100).emitWithAck("withAck", "d");
  const counts: number[] = await io.serverSideEmitWithAck("howMany");
  io.serverSideEmit("ping");
  io.serverSideEmit("howMany", (err, answers) => {
    const list: number[] = answers;
    return [err, list];
  });
  io.on("ping", () => all.concat(inRoom, counts));
  io.timeout(100).emit("withAck", "d", (err: Error, answers: number[]) => [err, answers]);
}

async function remote(): Promise<void> {
  const sockets: RemoteSocket<ServerToClientEvents, SocketData>[] = await io
    .in("room")
    .fetchSockets();
  for (const socket of sockets) {
    socket.emit("hello", socket.data.name, new Date());
    socket.join("x");
    socket.leave("x");
    socket.timeout(100).emit("withAck", "d", (err, e) => [err, e]);
    if (socket.rooms.has("y")) socket.disconnect(true);
  }
  const ids: Set<string> = await io.allSockets();
  io.socketsJoin("room");
  io.in([...ids]).socketsLeave(["room"]);
  io.disconnectSockets(true);
}

type Operator = BroadcastOperator<ServerToClientEvents, SocketData>;
const toRoom = (room: string): Operator => io.of("/").to(room);

const admin: Namespace<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData> =
  new Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>().of("/admin");
admin.use((socket, next) => next(socket.data.age ? undefined : new Error("too young")));
admin.on("connection", (socket) => void socket.join("admins"));
admin.adapter.on("join-room", (room: string, id: string) => [room, id]);
const dynamic = io.of(/^\/game-\d+$/);
dynamic.on("connect", (socket) => socket.nsp.emit("hello", socket.nsp.name, new Date()));
io.of((name, auth, next) => next(null, name.startsWith("/x") && auth.token === "t"));
io.on("new_namespace", (namespace) => namespace.use((_socket, next) => next()));

io.engine.on("connection_error", (err) => err.message);
io.engine.on("headers", (headers) => headers);
io.engine.use((_req: unknown, _res: unknown, next: () => void) => next());
io.engine.generateId = () => "id";
const count: number = io.engine.clientsCount + io.sockets.sockets.size + io.of("/").sockets.size;

class Game {
  private readonly players = new Map<string, Sock>();
  constructor(private readonly server: Io) {
    server.on("connection", this.onConnection);
  }
  private onConnection = (socket: Sock): void => {
    this.players.set(socket.id, socket);
    this.server.sockets.adapter.rooms.get("room")?.has(socket.id);
  };
}

void io.close(() => {});
io.httpServer.close();
export { admin, ask, count, Game, remote, toRoom };
