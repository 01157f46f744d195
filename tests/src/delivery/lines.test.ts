// Durable delivery over real lines: broken in the middle, slow, many, and a server that is started again.
import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket as NetSocket } from "node:net";
import { afterEach, describe, it } from "node:test";
import { memoryLog, Server } from "hawser";
import type { DeliveryOptions, Socket } from "hawser";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { randomOf } from "../support/random.ts";
import { until } from "../support/wait.ts";
import { DurableLine } from "./durable-line.ts";

const seed = Number(process.env["HAWSER_TEST_SEED"] ?? 5);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface World {
  io: Server;
  port: number;
  sockets: Socket[];
}

async function open(delivery: DeliveryOptions = {}): Promise<World> {
  const http = createHttpServer();
  const io = new Server(http, { delivery, transports: ["websocket"], serveClient: false });
  const sockets: Socket[] = [];
  io.on("connection", (socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  closing.push(() => io.close());
  return { io, port: (http.address() as AddressInfo).port, sockets };
}

function client(port: number): DurableLine {
  const line = new DurableLine(port).start();
  closing.push(() => line.stop());
  return line;
}

/** Something before the server that takes in no more than `bytesPerTick` every `tickMs`. */
async function slowRoad(target: number, bytesPerTick: number, tickMs: number): Promise<number> {
  const sockets = new Set<NetSocket>();
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    near.pipe(far);
    let left = bytesPerTick;
    far.on("data", (data) => {
      near.write(data);
      left -= data.length;
      if (left <= 0) far.pause();
    });
    const timer = setInterval(() => {
      left = bytesPerTick;
      far.resume();
    }, tickMs);
    far.on("close", () => {
      clearInterval(timer);
      near.destroy();
    });
    near.on("close", () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

const numbers = (line: DurableLine): unknown[] => line.heard.map(([, n]) => n);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe("durable delivery over real lines", () => {
  it("replays 10,000 missed messages in order, and the live ones behind them", async () => {
    const { io, port } = await open();
    const line = await client(port).untilLive();
    line.stop();
    await until("it has gone", () => io.sockets.sockets.size === 0);
    for (let n = 0; n < 10_000; n++) void io.durable.emit("n", n);
    const again = line.twin().start();
    closing.push(() => again.stop());
    for (let n = 10_000; n < 10_100; n++) {
      void io.durable.emit("n", n);
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until("all have come", () => again.heard.length === 10_100, 20_000);
    assert.deepEqual(numbers(again), upTo(10_100));
    assert.deepEqual([again.greeting!.recovered, again.repeats, again.resets.length], [true, 0, 0]);
  });

  it("does not pile up what a slow client misses, and does not let it fall behind", async () => {
    const { io, port, sockets } = await open();
    const line = await client(port).untilLive();
    line.stop();
    await until("it has gone", () => io.sockets.sockets.size === 0);
    const text = "x".repeat(4_096);
    const count = 3_000;
    for (let n = 0; n < count; n++) void io.durable.emit("n", n, text);
    const slow = line.twin();
    slow.port = await slowRoad(port, 256 * 1024, 10);
    slow.start();
    closing.push(() => slow.stop());
    await until("it is back", () => sockets.length === 2);
    let most = 0;
    const look = setInterval(() => {
      const { transport } = sockets[1]!.conn as never as {
        transport: { line: { bufferedAmount: number } };
      };
      most = Math.max(most, transport.line.bufferedAmount);
    }, 1);
    await until("all have come", () => slow.heard.length === count, 30_000);
    clearInterval(look);
    assert.deepEqual(numbers(slow), upTo(count));
    assert.ok(most < 512 * 1024, `${most} bytes waited for the line`);
  });

  it("loses and repeats nothing however often lines break, in both directions", async () => {
    const { io, port } = await open();
    const handled: number[] = [];
    io.on("connection", (socket) => {
      if (!socket.recovered) void socket.join("room");
      socket.on("say", async (n: number, ack: (twice: number) => void) => {
        handled.push(n);
        await new Promise((resolve) => setImmediate(resolve));
        ack(n * 2);
      });
    });
    const proxy = await CuttingProxy.to(port);
    closing.push(() => proxy.close());
    const random = randomOf(seed);
    proxy.budget = () => ({
      bytes: 200 + random(6_000),
      cut: random(10) < 3 ? "unnoticed" : "reset",
    });
    const proxyPort = Number(new URL(proxy.url).port);
    const lines = [0, 1, 2].map(() => client(proxyPort));
    for (const line of lines) await until("it has been let in", () => line.connects > 0);
    const answers: Promise<unknown[]>[] = [];
    const count = 400;
    for (let n = 0; n < count; n++) {
      void io.to("room").durable.emit("n", n, "x".repeat(random(100)));
      answers.push(lines[0]!.emit("say", n));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    proxy.budget = () => ({ bytes: Infinity, cut: "reset" });
    proxy.cut("reset");
    const settled = await Promise.all(answers);
    assert.deepEqual(
      settled,
      upTo(count).map((n) => [0, n * 2]),
    );
    assert.deepEqual(handled, upTo(count), `seed ${seed}`);
    for (const line of lines) {
      await until("the last has come", () => numbers(line).at(-1) === count - 1);
      // Who was let in first, and then broken before its session was known to it, begins anew and is not told of less.
      const heard = numbers(line) as number[];
      assert.deepEqual(heard, upTo(count).slice(-heard.length), `seed ${seed}`);
      assert.deepEqual([line.repeats, line.resets], [0, []]);
    }
    assert.ok(proxy.cuts > 20, `only ${proxy.cuts} cuts`);
  });

  it("has one line for a session: the newer one wins, the older is told and stays away", async () => {
    const { io, port } = await open();
    const older = await client(port).untilLive();
    const newer = older.twin().start();
    closing.push(() => newer.stop());
    await newer.untilLive();
    await until("the older is told", () => older.fenced);
    await io.durable.emit("n", 0);
    await until("it has come", () => newer.heard.length === 1);
    assert.deepEqual([older.heard, io.sockets.sockets.size], [[], 1]);
  });

  it("says that everything may be missing after a restart without a log on disk", async () => {
    const first = await open({ log: memoryLog() });
    const line = await client(first.port).untilLive();
    await first.io.durable.emit("n", 0);
    await until("it has come", () => line.heard.length === 1);
    const second = await open();
    line.port = second.port;
    await first.io.close();
    await line.untilLive();
    assert.equal(line.greeting!.recovered, false);
    assert.deepEqual(line.resets, [{ reason: "epoch" }]);
  });

  it("tells the rooms of which something has been trimmed, and no others", async () => {
    const { io, port, sockets } = await open({ retention: { count: 20 } });
    const line = await client(port).untilLive();
    await sockets[0]!.join(["loud", "quiet"]);
    line.stop();
    await until("it has gone", () => io.sockets.sockets.size === 0);
    for (let n = 0; n < 30; n++) void io.to("loud").durable.emit("loud", n);
    for (let n = 0; n < 5; n++) void io.to("quiet").durable.emit("quiet", n);
    const again = line.twin().start();
    closing.push(() => again.stop());
    await again.untilLive();
    assert.deepEqual(again.resets, [{ reason: "retention", room: "loud" }]);
    const quiet = again.heard.filter(([name]) => name === "quiet");
    assert.deepEqual(
      quiet.map(([, n]) => n),
      upTo(5),
    );
  });
});
