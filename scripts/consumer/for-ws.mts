/* oxlint-disable -- how others write is not ours to say */
// What projects have written for the types of `ws`; with "ws" in the place of the import it compiles as well, which is
// checked too. It is compiled as ESM, as CommonJS and for bundlers.
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import WebSocket, { createWebSocketStream, WebSocketServer } from "@hawser/websocket";
import type {
  AddressInfo,
  CertMeta,
  ClientOptions,
  CloseEvent,
  Data,
  ErrorEvent,
  Event,
  MessageEvent,
  PerMessageDeflateOptions,
  RawData,
  ServerOptions,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
} from "@hawser/websocket";

class Tracked extends WebSocket {
  isAlive = true;
  override close(code?: number, data?: string | Buffer): void {
    super.close(code, data);
  }
}

const sync: VerifyClientCallbackSync = (info) => info.origin.length > 0 && info.secure;
const async: VerifyClientCallbackAsync = ({ req }, done) => {
  done(req.headers.host !== undefined, 401, "No", { "Retry-After": "1" });
};
const deflate: PerMessageDeflateOptions = {
  zlibDeflateOptions: { chunkSize: 1024, memLevel: 7, level: 3 },
  zlibInflateOptions: { chunkSize: 10 * 1024 },
  clientNoContextTakeover: true,
  serverNoContextTakeover: true,
  serverMaxWindowBits: 10,
  concurrencyLimit: 10,
  threshold: 1024,
};
const serverOptions: ServerOptions = {
  host: "localhost",
  port: 0,
  backlog: 10,
  path: "/ws",
  clientTracking: true,
  perMessageDeflate: deflate,
  maxPayload: 1024,
  skipUTF8Validation: false,
  autoPong: true,
  allowSynchronousEvents: true,
  verifyClient: Math.random() > 2 ? sync : async,
  handleProtocols: (protocols: Set<string>, request: IncomingMessage) =>
    request.url === "/" ? ([...protocols][0] ?? false) : false,
};

const server: WebSocketServer = new WebSocketServer(serverOptions);
const tracked = new WebSocketServer<typeof Tracked>({ noServer: true, WebSocket: Tracked });
const http = createServer();
const attached = new WebSocketServer({ server: http }, () => undefined);
const byHand: WebSocketServer = new WebSocketServer({ noServer: true });

server.on("connection", function connection(this: WebSocketServer, socket, request) {
  const ip: string | undefined = request.socket.remoteAddress;
  socket.on("error", console.error);
  socket.on("message", function message(this: WebSocket, data, isBinary) {
    const text: string = data.toString();
    server.clients.forEach((client) => {
      if (client !== socket && client.readyState === WebSocket.OPEN) {
        client.send(data as Buffer, { binary: isBinary }, (error) => error?.message);
      }
    });
    return text + String(ip);
  });
  socket.on("message", (data: RawData) => Buffer.isBuffer(data) || Array.isArray(data));
  socket.on("message", (data: Buffer) => data.length);
  socket.on("message", (message: string) => JSON.parse(message) as unknown);
  socket.once("close", (code, reason) => code + reason.length);
  socket.on("custom", (...args) => args.length);
  socket.on("pong", (data) => data.length);
  socket.off("message", () => undefined).removeListener("close", () => undefined);
  socket.send("text");
  socket.send(42);
  socket.send([1, 2, 3]);
  socket.send(new Uint8Array(3), { compress: true, binary: true, fin: true, mask: false });
  socket.send(new DataView(new ArrayBuffer(1)), (error?: Error) => error);
  socket.send(new ArrayBuffer(1));
  socket.ping();
  socket.ping("data", true, (error: Error) => error.message);
  socket.pong(Buffer.from("x"), false);
  socket.binaryType = "arraybuffer";
  const state: 0 | 1 | 2 | 3 = socket.readyState;
  socket.close(1000, Buffer.from(String(state)));
});
server.on("headers", (headers, request) => headers.push(`X-Url: ${request.url}`));
server.on("wsClientError", (error, socket, request) => socket.end(error.message + request.url));
server.on("error", (error) => error.message);
server.on("listening", () => {
  const address = server.address() as AddressInfo;
  return address.port + address.address.length + address.family.length;
});
server.on("close", () => undefined);

tracked.on("connection", (socket) => {
  socket.isAlive = false;
  socket.on("pong", function pong(this: WebSocket) {
    (this as Tracked).isAlive = true;
  });
});
tracked.clients.forEach((client) => (client.isAlive ? client.ping() : client.terminate()));

http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
  if (!byHand.shouldHandle(request)) return;
  byHand.handleUpgrade(request, socket, head, (client, given) => {
    byHand.emit("connection", client, given);
  });
});

const clientOptions: ClientOptions = {
  headers: { Authorization: "x" },
  origin: "https://example.com",
  handshakeTimeout: 1_000,
  followRedirects: true,
  maxRedirects: 3,
  protocolVersion: 13,
  rejectUnauthorized: true,
  maxPayload: 10,
  perMessageDeflate: false,
  generateMask: (mask) => mask.fill(1),
  checkServerIdentity: (servername: string, cert: CertMeta) => servername !== cert,
  finishRequest(request, websocket) {
    request.setHeader("X-State", websocket.readyState);
    request.end();
  },
};
const options: WebSocket.ClientOptions = clientOptions;

export function connect(address: string | URL): WebSocket {
  const socket = new WebSocket(address, ["a", "b"], options);
  const other = new WebSocket("ws://localhost", options);
  const third = new WebSocket("ws://localhost", "protocol", { timeout: 1, headers: { a: ["b"] } });
  const emitter: EventEmitter = other;
  emitter.emit("custom", third);
  socket.onopen = (event: Event) => event.target.send(event.type);
  socket.onmessage = (event: MessageEvent) => {
    const data: Data = event.data;
    if (typeof data === "string") data.trim();
    else if (Array.isArray(data)) Buffer.concat(data);
    else if (data instanceof ArrayBuffer) data.byteLength;
    else data.subarray(1);
  };
  socket.onclose = ({ code, reason, wasClean, target }: CloseEvent) =>
    wasClean && code + reason.length > 0 && target.url.length;
  socket.onerror = (event: ErrorEvent) => event.message + String(event.error.code);
  socket.addEventListener("message", (event) => event.data.toString(), { once: true });
  socket.addEventListener("close", (event) => event.code);
  socket.addEventListener("error", (event: WebSocket.ErrorEvent) => event.error);
  socket.removeEventListener("open", (event) => event.target);
  socket.on("upgrade", (response) => response.headers["set-cookie"]?.length);
  socket.on("unexpected-response", (request, response) => request.destroy() && response.statusCode);
  socket.on("redirect", (url, request) => request.removeHeader(url));
  const raw: WebSocket.RawData = Buffer.alloc(1);
  const any: WebSocket.Data = raw;
  const map: WebSocket.WebSocketEventMap | undefined = undefined;
  const stream: Duplex = createWebSocketStream(socket, { encoding: "utf8" });
  stream.write(String(any) + String(map));
  const { CONNECTING, OPEN, CLOSING, CLOSED } = WebSocket;
  if ([socket.CONNECTING, socket.OPEN].includes(CONNECTING) && OPEN + CLOSING + CLOSED > 6)
    socket.resume();
  return socket.isPaused || socket.bufferedAmount > 0 || socket.protocol + socket.extensions === ""
    ? socket
    : other;
}

export const sockets: Set<WebSocket> = new Set<WebSocket>(server.clients);
export const servers: WebSocketServer[] = [server, attached, byHand];
