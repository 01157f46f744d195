import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DurablePeer } from "../../test/durable-peer.ts";
import { FakeConnection, withoutNetwork } from "../../test/fake-connection.ts";
import { Server } from "../server.ts";
import { memoryLog } from "./memory-log.ts";
import type { ServerOptions } from "../options.ts";
import type { Socket } from "../socket.ts";

let io: Server;
let sockets: Socket[];
afterEach(() => io.close());

function start(options: Partial<ServerOptions> = {}): void {
  io = withoutNetwork(new Server({ delivery: {}, ...options }));
  sockets = [];
  io.on("connection", (socket) => void sockets.push(socket));
}
beforeEach(() => start());

describe("a log that cannot be opened", () => {
  const failing = (open: () => Promise<never>): ReturnType<typeof memoryLog> =>
    Object.assign(memoryLog(), { open });

  it("refuses those who ask for delivery, and nobody else", async () => {
    await io.close();
    start({ delivery: { log: failing(() => Promise.reject(new Error("no such disk"))) } });
    const errors: string[] = [];
    io.delivery!.on("error", (error) => void errors.push(error.message));
    await expect(io.delivery!.ready).rejects.toThrow("no such disk");
    expect(errors).toEqual(["no such disk"]);
    const peer = await new DurablePeer(io).connect();
    expect(peer.errors).toEqual([{ message: "durable delivery is not available" }]);
    const plain = new FakeConnection(io);
    await plain.send("0");
    expect(plain.sent[0]).toMatch(/^0\{"sid"/);
    await expect(io.durable.emit("news")).rejects.toMatchObject({ code: "DELIVERY_CLOSED" });
    await expect(io.history()).rejects.toMatchObject({ code: "DELIVERY_CLOSED" });
  });

  it("makes clients wait no longer than they may take to connect", async () => {
    await io.close();
    let open: (reason: Error) => void = () => {};
    const log = failing(() => new Promise<never>((_resolve, reject) => (open = reject)));
    start({ delivery: { log }, connectTimeout: 50 });
    io.delivery!.on("error", () => {});
    const conn = new FakeConnection(io);
    await conn.send("0");
    expect(conn.sent).toEqual([]);
    await vi.waitFor(() => expect(conn.readyState).toBe("closed"), { timeout: 5_000 });
    open(new Error("at last"));
    await expect(io.delivery!.ready).rejects.toThrow("at last");
  });
});

describe("malformed words", () => {
  it("are refused; those of a later version are taken for none", async () => {
    const bad: unknown[] = [
      { v: 1 },
      { v: 1, next: 0 },
      { v: 1, next: 1, session: { id: 1 } },
      { v: 1, next: 1, position: { epoch: "e", offset: -1 } },
    ];
    for (const $delivery of bad) {
      const conn = new FakeConnection(io);
      await conn.send(`0${JSON.stringify({ $delivery })}`);
      expect(conn.sent).toEqual(['4{"message":"malformed $delivery"}']);
    }
    for (const $delivery of [{ v: 2 }, null, "yes"]) {
      const conn = new FakeConnection(io);
      await conn.send(`0${JSON.stringify({ $delivery })}`);
      expect(Object.keys(JSON.parse(conn.sent[0]!.slice(1)) as object)).toEqual(["sid"]);
    }
    expect(sockets.every(({ handshake }) => !("$delivery" in handshake.auth))).toBe(true);
  });
});

describe("namespaces of a pattern", () => {
  it("have delivery of their own, and the pattern speaks to all", async () => {
    const parent = io.of(/^\/team-/);
    parent.on("connection", () => {});
    const [a, b] = [
      await new DurablePeer(io, "/team-a").connect(),
      await new DurablePeer(io, "/team-b").connect(),
    ];
    a.drop();
    await parent.durable.emit("to all", 1);
    await io.of("/team-a").durable.emit("to a", 2);
    await a.connect();
    await b.read();
    expect(a.heard).toEqual([
      ["to all", 1],
      ["to a", 2],
    ]);
    expect(b.heard).toEqual([["to all", 1]]);
    // A session is one of its namespace.
    const stranger = Object.assign(new DurablePeer(io, "/team-b"), { session: a.session });
    await stranger.connect();
    expect(stranger.greeting!.recovered).toBe(false);
  });
});
