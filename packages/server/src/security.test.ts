// What went wrong in peers, by the id under which it was published. More stand in tests/src/hostile.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeConnection, settled, withoutNetwork } from "../test/fake-connection.ts";
import { Server } from "./server.ts";
import type { Socket } from "./socket.ts";

let io: Server;
let socket: Socket;
let conn: FakeConnection;

async function start(options: ConstructorParameters<typeof Server>[0]): Promise<void> {
  io = withoutNetwork(new Server(options as object));
  io.on("connection", (it) => (socket = it));
  conn = new FakeConnection(io);
  await conn.send("0");
}
afterEach(() => io.close());

describe("CVE-2017-16031: guessable ids", () => {
  beforeEach(() => start({ connectionStateRecovery: {} }));

  it("the resume secret has 144 bits of its own and is no part of what others see", () => {
    const { pid, sid } = JSON.parse(conn.sent[0]!.slice(1)) as { pid: string; sid: string };
    expect(Buffer.from(pid, "base64url").length).toBe(18);
    expect(pid).not.toContain(sid);
    const seen = JSON.stringify([socket.id, socket.handshake, socket.data, [...socket.rooms]]);
    expect(seen).not.toContain(pid);
  });

  it("nor is it after a recovery, and the application's own auth is still there", async () => {
    const { pid } = JSON.parse(conn.sent[0]!.slice(1)) as { pid: string };
    conn.drop("transport close");
    const back = new FakeConnection(io);
    await back.send(`0${JSON.stringify({ pid, offset: "", token: "t" })}`);
    await settled();
    expect(socket.recovered).toBe(true);
    expect(socket.handshake.auth).toEqual({ token: "t" });
  });

  it("what the application itself calls pid stays in its auth", async () => {
    const other = new FakeConnection(io);
    await other.send('0{"pid":"player 1"}');
    await settled();
    expect(socket.handshake.auth).toEqual({ pid: "player 1" });
  });

  it("a resume secret that is used against the protocol does not show in what is logged", async () => {
    const { pid } = JSON.parse(conn.sent[0]!.slice(1)) as { pid: string };
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    vi.stubEnv("NODE_ENV", "development");
    const other = new FakeConnection(io);
    await other.send(`0${JSON.stringify({ pid })}`, `0${JSON.stringify({ pid })}`);
    await settled();
    expect(JSON.stringify([warn.mock.calls, [...io.badInput.counts]])).not.toContain(pid);
    vi.unstubAllEnvs();
    warn.mockRestore();
  });
});

describe("CVE-2024-38355: an event named error", () => {
  beforeEach(() => start({}));

  it("does not end the process, with and without recovery or listeners", async () => {
    await conn.send('2["error","x"]', '2["error"]', '20["error",{}]');
    expect(socket.connected).toBe(true);
  });
});

describe("socket.io 37aad114: pending acknowledgements leaked after the time-out", () => {
  beforeEach(() => start({}));
  const waiting = (): number =>
    (socket as unknown as { waiting?: Set<unknown> }).waiting?.size ?? 0;

  it("nothing is left of broadcasts and emits that were never answered", async () => {
    const rounds = Array.from({ length: 200 }, (_, n) => n);
    const asked = rounds.flatMap(() => [
      io.timeout(1).emitWithAck("all"),
      io.to(socket.id).timeout(1).emitWithAck("room"),
      socket.timeout(1).emitWithAck("one"),
    ]);
    expect(socket.acks.size).toBe(600);
    const settledAll = await Promise.allSettled(asked);
    expect(settledAll.every(({ status }) => status === "rejected")).toBe(true);
    expect(socket.acks.size).toBe(0);
    expect(waiting()).toBe(0);
  });
});

describe("socket.io-parser: lookups through the prototype chain", () => {
  beforeEach(() => start({}));

  it("rooms, namespaces and handlers named like members of Object are only names", async () => {
    const heard: unknown[] = [];
    socket.on("known", (...args) => void heard.push(args));
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      expect(io.sockets.adapter.rooms.get(name)).toBeUndefined();
      conn.receive(`2[${JSON.stringify(name)},1]`, `0/${name},`);
    }
    await settled();
    expect(heard).toEqual([]);
    expect(conn.readyState).toBe("open");
    const refused = conn.sent.filter((text) => text.startsWith("4/"));
    expect(refused.length).toBe(4);
  });
});
