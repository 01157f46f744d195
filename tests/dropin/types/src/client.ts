// A client in several shapes.
import io, { connect, Manager, Socket, io as named } from "socket.io-client";
import {
  Fetch,
  NodeWebSocket,
  NodeXHR,
  protocol,
  WebSocket,
  WebTransport,
  XHR,
} from "socket.io-client";
import type { DisconnectDescription, ManagerOptions, SocketOptions } from "socket.io-client";
import type { ClientToServer, Message, ServerToClient } from "./events";

type AppSocket = Socket<ServerToClient, ClientToServer>;
/** Holds where a value is of a type. */
const is = <T>(_value: T): void => {};

const options: Partial<ManagerOptions & SocketOptions> = {
  path: "/rt/",
  auth: { token: "t" },
  query: { room: "1" },
  transports: ["websocket", "polling"],
  withCredentials: true,
  extraHeaders: { authorization: "bearer" },
  transportOptions: { polling: { extraHeaders: {} } },
  reconnection: true,
  reconnectionAttempts: 3,
  reconnectionDelay: 1,
  reconnectionDelayMax: 2,
  randomizationFactor: 0.5,
  timeout: 10,
  ackTimeout: 10,
  retries: 2,
  autoConnect: false,
  forceNew: true,
  multiplex: false,
  upgrade: true,
  rememberUpgrade: true,
  tryAllTransports: true,
  closeOnBeforeunload: true,
  timestampRequests: true,
  timestampParam: "t",
  forceBase64: false,
  autoUnref: true,
  addTrailingSlash: true,
  protocols: ["a"],
  perMessageDeflate: { threshold: 1 },
  ca: "pem",
  rejectUnauthorized: false,
};

export const socket: AppSocket = io("https://example.com/admin", options);
export const sockets: Socket[] = [
  io(),
  io("/"),
  io({ autoConnect: false }),
  named("http://localhost", { auth: (give) => give({ token: 1 }) }),
  connect("http://localhost", {
    transports: [Fetch, NodeXHR, XHR, WebSocket, NodeWebSocket, WebTransport],
  }),
  new Manager("http://localhost").socket("/x", { auth: {} }),
  new Manager({ autoConnect: false }).socket("/"),
];
is<number>(protocol);
export const sameFunction: typeof io = named;

socket.on("connect", () => is<string | undefined>(socket.id));
socket.on("connect_error", (error) => {
  is<string>(error.message);
  if (socket.active) socket.connect();
});
socket.on("disconnect", (reason, details) => {
  is<Socket.DisconnectReason>(reason);
  is<DisconnectDescription | undefined>(details);
  if (details && !(details instanceof Error)) is<string>(details.description);
});
socket.on("message:new", (message) => is<Message>(message));
socket.on("users", (...names) => is<string[]>(names));
socket.on("confirm", (question, reply) => reply(question === ""));
socket.emit("typing");
socket.volatile.emit("typing");
socket.compress(false).emit("message:send", "text", null);
socket.emit("message:list", undefined, (messages) => is<Message[]>(messages));
socket.timeout(5).emit("message:list", 1, (error, messages) => {
  is<Error>(error);
  is<Message[]>(messages);
});
socket.onAny((event, ...args) => [event, args]).prependAnyOutgoing(() => {});
socket.io.on("reconnect", (attempt) => is<number>(attempt));
socket.io.on("reconnect_attempt", (attempt) => is<number>(attempt));
socket.io.on("reconnect_error", (error) => is<Error>(error));
socket.io.on("reconnect_failed", () => {});
socket.io.on("ping", () => {});
socket.io.on("error", (error) => error.message);
socket.io.opts.query = { other: "1" };
socket.io.reconnectionDelay(5).reconnectionDelayMax(9).timeout(false).reconnection(true);
is<number>(socket.io.reconnectionDelay() ?? 0);
socket.io.engine.on("upgrade", (transport) => transport.name);
socket.io.engine.once("close", (reason) => reason);
socket.io.engine.on("packet", ({ type, data }) => [type, data]);
socket.io.engine.on("packetCreate", ({ type }) => type);
socket.auth = { token: "new" };
socket.auth = (give) => give({ token: "newer" });
const same: AppSocket = socket.connect().disconnect().open().close().send("untyped");
is<boolean>(same.connected || same.recovered || same.disconnected || same.active);
socket.off("users");
socket.off();
socket.removeAllListeners();
socket.offAny().offAnyOutgoing();
is<boolean>(socket.hasListeners("users"));

// @ts-expect-error no such event
socket.emit("message:remove");
// @ts-expect-error a text, and what is attached
socket.emit("message:send", "text");
// @ts-expect-error the listener gets a message
socket.on("message:new", (message: number) => message);
// @ts-expect-error the manager has no such event
socket.io.on("unknown", () => {});
// @ts-expect-error a delay is a number
io({ reconnectionDelay: "1s" });

export async function ask(): Promise<number> {
  const messages = await socket.emitWithAck("message:list", 5);
  is<Message[]>(messages);
  const inTime = await socket.timeout(1).emitWithAck("message:list", undefined);
  is<Message[]>(inTime);
  // @ts-expect-error it wants to know from where
  await socket.emitWithAck("message:list");
  return messages.length + inTime.length;
}

/** As a hook of a view library keeps it. */
export function useSocket<L extends ServerToClient, E extends ClientToServer>(
  given: Socket<L, E> | null,
): Socket<L, E> | undefined {
  return given?.connected ? given : undefined;
}
