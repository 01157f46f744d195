import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeConnection, settled, withoutNetwork } from "../test/fake-connection.ts";
import { Server } from "./server.ts";
import type { Socket } from "./socket.ts";

let io: Server;
let socket: Socket;
let conn: FakeConnection;
beforeEach(async () => {
  io = withoutNetwork(new Server());
  io.on("connection", (it) => void (socket = it));
  conn = new FakeConnection(io);
  await conn.send("0");
});
afterEach(() => io.close());

describe("what waits for an answer", () => {
  it("of one socket ends with the line, and says that the client may have got it", async () => {
    const asked = socket.emitWithAck("ask");
    const inTime = socket.timeout(60_000).emitWithAck("ask");
    conn.drop("transport close");
    await expect(asked).rejects.toMatchObject({ code: "DISCONNECTED", sent: "maybe" });
    await expect(inTime).rejects.toMatchObject({ code: "DISCONNECTED", sent: "maybe" });
    expect(socket.acks.size).toBe(0);
  });

  it("ends with the line also while middlewares look at the socket", async () => {
    let asked: Promise<unknown> | undefined;
    io.use((it, _next) => void (asked = it.emitWithAck("ask")));
    const other = new FakeConnection(io);
    await other.send("0");
    other.drop("transport close");
    await expect(asked).rejects.toMatchObject({ code: "DISCONNECTED", sent: "maybe" });
  });

  it("is refused when the socket has gone: it was not sent", async () => {
    conn.drop("transport close");
    await expect(socket.emitWithAck("ask")).rejects.toMatchObject({ sent: "no" });
    await expect(socket.timeout(60_000).emitWithAck("ask")).rejects.toMatchObject({ sent: "no" });
  });

  it("ends when its time is over", async () => {
    await expect(socket.timeout(1).emitWithAck("ask")).rejects.toMatchObject({
      code: "ACK_TIMEOUT",
      sent: "maybe",
    });
    expect(socket.acks.size).toBe(0);
    await expect(io.timeout(1).emitWithAck("ask")).rejects.toMatchObject({ sent: "maybe" });
    expect(socket.acks.size).toBe(0);
  });

  it("of a function alone is let go in silence", async () => {
    let calls = 0;
    socket.emit("ask", () => calls++);
    conn.drop("transport close");
    await settled();
    expect(calls).toBe(0);
    expect(socket.acks.size).toBe(0);
  });

  it("of a remote socket that has gone is no answer of nothing", async () => {
    const [remote] = await io.fetchSockets();
    const far = io.in(remote!.id);
    conn.drop("transport close");
    await expect(far.timeout(1_000).emitWithAck("ask")).resolves.toEqual([]);
    const { RemoteSocket } = await import("./remote-socket.ts");
    const { BroadcastOperator } = await import("./broadcast-operator.ts");
    const flags = { expectSingleResponse: true };
    const operator = new BroadcastOperator(
      io.sockets.adapter,
      new Set([socket.id]),
      undefined,
      flags,
    );
    const details = { id: socket.id, handshake: socket.handshake, rooms: [], data: {} };
    const gone = new RemoteSocket(operator, details).timeout(1_000);
    await expect(gone.emitWithAck("ask" as never)).rejects.toMatchObject({
      code: "DISCONNECTED",
      sent: "no",
    });
  });

  it("of a broadcast ends by its time when the nodes cannot be counted", async () => {
    io.sockets.adapter.serverCount = () => Promise.reject(new Error("no answer"));
    await expect(io.timeout(1).emitWithAck("ask")).rejects.toMatchObject({ code: "ACK_TIMEOUT" });
  });
});
