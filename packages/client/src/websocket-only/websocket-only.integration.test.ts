import type { Socket as ServerSocket } from "socket.io";
import { afterEach, describe, expect, it } from "vitest";
import { BaseManager } from "../base-manager.ts";
import { parts } from "../platform/websocket.ts";
import type { Manager } from "../manager.ts";
import type { ManagerOptions } from "../options.ts";
import { Peer, next } from "../testing/peer.ts";
import type { WebSocketLine } from "./websocket-line.ts";
import * as entry from "./index.ts";

// The connection of the browser's entry, on Node's own WebSocket, which came with Node 22.
describe.runIf("WebSocket" in globalThis)("the websocket-only connection", () => {
  let peer: Peer;
  let managers: BaseManager[] = [];
  afterEach(async () => {
    for (const manager of managers) manager._close();
    managers = [];
    await peer.close();
  });

  async function start(options: ConstructorParameters<typeof Peer>[0] = {}): Promise<void> {
    peer = await new Peer(options).start((server) => {
      server.on("connection", (socket: ServerSocket) => {
        socket.on("echo", (value: unknown, answer: (value: unknown) => void) => answer(value));
        socket.on("leave", () => socket.conn.close());
      });
    });
  }

  function manager(options: Partial<ManagerOptions> = {}): BaseManager {
    const made = new BaseManager(parts, peer.url, {
      reconnectionDelay: 20,
      randomizationFactor: 0,
      ...options,
    });
    managers.push(made);
    return made;
  }

  const lineOf = (made: BaseManager) => made.engine as unknown as WebSocketLine;

  it("carries text and binary both ways", async () => {
    await start();
    const made = manager();
    const socket = made.socket("/");
    for (const value of ["€", null, { a: [1] }]) {
      expect(await socket.timeout(5000).emitWithAck("echo", value)).toEqual(value);
    }
    const bytes = new Uint8Array(100_000).fill(7);
    const answer: unknown = await socket.timeout(5000).emitWithAck("echo", { bytes });
    expect(answer).toEqual({ bytes: bytes.buffer });
    expect(lineOf(made).transport.name).toBe("websocket");
    expect(lineOf(made).id).toBeTypeOf("string");
  });

  it("answers heartbeats", async () => {
    await start({ pingInterval: 50, pingTimeout: 60_000 });
    const made = manager();
    const socket = made.socket("/");
    await next(made, "ping");
    await next(made, "ping");
    expect(socket.connected).toBe(true);
  });

  it("comes back after it was closed from the other side", async () => {
    await start();
    const socket = manager().socket("/");
    await next(socket, "connect");
    socket.emit("leave");
    const [reason] = await next(socket, "disconnect");
    expect(reason).toBe("transport close");
    await next(socket, "connect");
    expect(await socket.timeout(5000).emitWithAck("echo", 1)).toBe(1);
  });

  it("drops all but one volatile event of a tick", async () => {
    await start();
    const got: unknown[] = [];
    peer.server.on("connection", (socket) => socket.on("v", (n) => got.push(n)));
    const socket = manager().socket("/");
    await next(socket, "connect");
    await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 5; i++) socket.volatile.emit("v", i);
    await socket.timeout(5000).emitWithAck("echo", 1);
    expect(got).toEqual([0]);
  });

  it("tells of a server that is not there", async () => {
    await start();
    await peer.stop();
    const made = manager({ reconnection: false });
    const [error] = await next<Error>(made, "error");
    expect(error!.message).toBe("websocket error");
    await peer.start();
  });

  it("says goodbye", async () => {
    await start();
    const socket = manager().socket("/");
    await next(socket, "connect");
    socket.disconnect();
    await expect.poll(() => peer.server.engine.clientsCount).toBe(0);
  });
});

describe("the entry", () => {
  it("has the shape of the main one", () => {
    expect(Object.keys(entry).toSorted()).toEqual([
      "ClientError",
      "Manager",
      "Socket",
      "TransportError",
      "connect",
      "default",
      "io",
      "protocol",
    ]);
    const socket = entry.io("http://entry/admin", { autoConnect: false });
    expect(socket).toBeInstanceOf(entry.Socket);
    expect(socket.io).toBeInstanceOf(entry.Manager);
    const made: Manager = socket.io;
    expect(made.uri).toBe("http://entry/admin");
  });
});
