// The layer below, alone.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { attach, listen, parser, protocol, Server, Socket, Transport, transports } from "engine.io";
import type { AttachOptions, BaseServer, ServerOptions } from "engine.io";

const options: ServerOptions & AttachOptions = {
  path: "/engine",
  pingInterval: 1,
  pingTimeout: 1,
  upgradeTimeout: 1,
  maxHttpBufferSize: 1,
  allowRequest: (request, decide) => decide(request.url ? null : "no", true),
  transports: ["polling", "websocket"],
  allowUpgrades: true,
  perMessageDeflate: { threshold: 1 },
  httpCompression: true,
  initialPacket: "hello",
  cookie: { name: "io" },
  cors: { origin: "*" },
  allowEIO3: true,
  destroyUpgrade: true,
  destroyUpgradeTimeout: 1,
};
const http = createServer();
const servers: Server[] = [
  attach(http, options),
  listen(3000, options, () => {}),
  new Server(options),
];
const base: BaseServer = servers[0]!;
base.generateId = (request: IncomingMessage) => Promise.resolve(String(request.url));
base.use((request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) =>
  next(),
);
base.on("connection", (socket: Socket) => {
  const state: "opening" | "open" | "closing" | "closed" = socket.readyState;
  const { request, remoteAddress, protocol: revision, transport } = socket;
  socket.on("message", (data: string | Buffer) => socket.send(data, { compress: false }, () => {}));
  socket.once("close", (reason: string, description: object) => [reason, description]);
  socket.write("x").send(Buffer.from("y"));
  socket.on("upgrade", (to: Transport) => to.name);
  socket.close(true);
  return [state, request.headers, remoteAddress, revision, transport.name, transport.writable];
});
base.on("connection_error", ({ req, code, message, context }) => [req, code, message, context]);
http.on("request", (request, response) => servers[2]!.handleRequest(request as never, response));
http.on("upgrade", (request, socket, head) =>
  servers[2]!.handleUpgrade(request as never, socket, head),
);
export const counted: number = base.clientsCount + protocol;
export const known: unknown[] = [transports.polling, parser.encodePacket];
base.close();
