import type * as Npm from "socket.io-client";
import { describe, expectTypeOf, it } from "vitest";
import {
  Fetch,
  Manager,
  NodeWebSocket,
  NodeXHR,
  WebSocket,
  WebTransport,
  XHR,
  io,
} from "./index.ts";
import type {
  DisconnectDescription,
  ExtendedError,
  ManagerOptions,
  ManagerReservedEvents,
  Socket,
  SocketOptions,
  SocketReservedEvents,
} from "./index.ts";

type Options = Partial<Npm.ManagerOptions & Npm.SocketOptions>;

interface ServerToClient {
  data: (text: string, count: number) => void;
}
interface ClientToServer {
  ask: (question: string, answer: (value: number) => void) => void;
}

const idle = { autoConnect: false } as const;

// Checked by `tsc`, against the types that npm socket.io-client publishes.
describe("types of socket.io-client", () => {
  it("its options are ours", () => {
    expectTypeOf<Omit<Options, "transports" | "parser" | "transportOptions">>().toExtend<
      Partial<ManagerOptions & SocketOptions>
    >();
    const names: Options["transports"] = ["polling", "websocket", "webtransport"];
    expectTypeOf(names).toExtend<ManagerOptions["transports"]>();
    for (const transports of [
      [Fetch, WebSocket],
      [XHR, NodeWebSocket],
      [NodeXHR, WebTransport],
    ]) {
      io("http://npm-types", { ...idle, transports });
    }
  });

  it("its events are ours", () => {
    expectTypeOf<keyof ManagerReservedEvents>().toEqualTypeOf<keyof Npm.ManagerReservedEvents>();
    expectTypeOf<keyof SocketReservedEvents>().toEqualTypeOf<keyof Npm.SocketReservedEvents>();
    expectTypeOf<Parameters<Npm.SocketReservedEvents["disconnect"]>[0]>().toEqualTypeOf<
      Parameters<SocketReservedEvents["disconnect"]>[0]
    >();
    expectTypeOf<Npm.ExtendedError>().toExtend<ExtendedError>();
    expectTypeOf<Npm.DisconnectDescription>().toExtend<DisconnectDescription>();
  });

  it("its public members are ours", () => {
    type Members = keyof Npm.Socket;
    expectTypeOf<Exclude<Members, keyof Socket>>().toEqualTypeOf<never>();
    // Its own machinery begins with an underscore, or is the class of its timers and its backoff.
    type OfManager = Exclude<keyof Npm.Manager, `_${string}` | "backoff" | "setTimeoutFn">;
    expectTypeOf<Exclude<OfManager, keyof Manager | "clearTimeoutFn">>().toEqualTypeOf<never>();
  });

  it("typed sockets are written the same way", () => {
    const socket: Socket<ServerToClient, ClientToServer> = io("http://npm-types/a", idle);
    socket.on("data", (text, count) => text.repeat(count));
    socket.on("disconnect", (reason: Socket.DisconnectReason, details?: DisconnectDescription) => {
      if (details && "context" in details) expectTypeOf(details.context).toBeUnknown();
      expectTypeOf(reason).toBeString();
    });
    socket.io.on("reconnect_attempt", (attempt) => expectTypeOf(attempt).toBeNumber());
    const watch = (): unknown =>
      socket.io.engine.once("upgrade", (transport) => expectTypeOf(transport.name).toBeString());
    expectTypeOf(watch).toBeFunction();
    socket.onAny((event: string, ...args) => [event, args]);
    const manager = new Manager("http://npm-types", { ...idle, reconnectionDelayMax: 10_000 });
    expectTypeOf(manager.socket("/x", { auth: { token: "1" } })).toEqualTypeOf<Socket>();
  });
});
