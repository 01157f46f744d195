// The client's outbox against the real server, over lines that break anywhere and with clients that begin anew.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { Server } from "hawser";
import type { DeliveryOptions } from "hawser";
import { io as connect } from "@hawser/client";
import { DeliveryError, durable, fileStore } from "@hawser/client/durable";
import type { DurableOptions, DurableSocket } from "@hawser/client/durable";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { randomOf } from "../support/random.ts";
import { until } from "../support/wait.ts";
import { OutboxThief } from "./outbox-thief.ts";

const seed = Number(process.env["HAWSER_TEST_SEED"] ?? 11);
const patienceMs = 60_000;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface World {
  io: Server;
  proxy: CuttingProxy;
  /** What handlers got. */
  handled: number[];
}

async function open(delivery: DeliveryOptions = {}): Promise<World> {
  const http = createServer();
  const io = new Server(http, {
    delivery,
    serveClient: false,
    pingInterval: 200,
    pingTimeout: 200,
  });
  const handled: number[] = [];
  io.on("connection", (socket) => {
    if (!socket.recovered) void socket.join("room");
    socket.on("n", (n: number, bytes: Uint8Array, ack: (answer: object) => void) => {
      handled.push(n);
      ack({ n, bytes });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  closing.push(() => io.close());
  const proxy = await CuttingProxy.to((http.address() as AddressInfo).port);
  closing.push(() => proxy.close());
  return { io, proxy, handled };
}

function client(url: string, options: DurableOptions = {}, nsp = ""): DurableSocket {
  const socket = connect(url + nsp, {
    forceNew: true,
    transports: ["websocket"],
    reconnectionDelay: 10,
    reconnectionDelayMax: 50,
    durable: durable(options),
  });
  closing.push(() => socket.outbox.close());
  return socket;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe("the outbox over real lines", () => {
  it(`loses nothing and repeats nothing over lines that break anywhere (seed ${seed})`, async () => {
    const { io, proxy, handled } = await open();
    const random = randomOf(seed);
    proxy.budget = () => ({
      bytes: 500 + random(8000),
      cut: random(4) === 0 ? "unnoticed" : "reset",
    });
    const socket = client(proxy.url);
    const heard: number[] = [];
    socket.on("said", (n: number) => heard.push(n));
    const resets: unknown[] = [];
    socket.delivery.on("reset", (notice) => resets.push(notice));
    await until("the session is there", () => socket.delivery.live);
    const count = 2000;
    const answers: Promise<unknown>[] = [];
    for (const n of numbers(count)) {
      answers.push(socket.durable.emit("n", n, Buffer.from([n % 256])));
      void io.to("room").durable.emit("said", n);
      if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const all = (await Promise.all(answers)) as { n: number; bytes: Uint8Array }[];
    assert.deepEqual(
      all.map(({ n, bytes }) => [n, bytes[0]]),
      numbers(count).map((n) => [n, n % 256]),
    );
    assert.deepEqual(handled, numbers(count));
    await until("all has been heard", () => heard.length >= count, patienceMs);
    assert.deepEqual(heard, numbers(count));
    assert.deepEqual(resets, []);
    assert.ok(proxy.cuts > 10, `only ${proxy.cuts} cuts`);
  });

  it("takes up what an ended client has left behind, with its session", async () => {
    const { io, proxy, handled } = await open();
    const folder = await mkdtemp(join(tmpdir(), "hawser-outbox-"));
    closing.unshift(() => rm(folder, { recursive: true }));
    const random = randomOf(seed);
    const heard: number[] = [];
    let emitted = 0;
    for (let life = 0; life < 8; life++) {
      const socket = client(proxy.url, { storage: fileStore(folder), name: "one" });
      socket.on("said", (n: number) => heard.push(n));
      await socket.outbox.ready;
      await until("the line", () => socket.connected);
      assert.equal(socket.recovered, life > 0);
      for (let more = random(200); more > 0; more--) {
        const n = emitted++;
        socket.durable.emit("n", n, Buffer.alloc(0)).catch((error: DeliveryError) => {
          assert.equal(error.code, "OUTBOX_CLOSED");
        });
        void io.to("room").durable.emit("said", n);
        if (random(10) === 0) await new Promise((resolve) => setImmediate(resolve));
        if (random(60) === 0) proxy.cut("reset");
      }
      await socket.outbox.close();
    }
    const last = client(proxy.url, { storage: fileStore(folder), name: "one" });
    last.on("said", (n: number) => heard.push(n));
    await until("all has left", () => last.connected && last.outbox.length === 0, patienceMs);
    assert.deepEqual(handled, numbers(emitted));
    await until("all has been heard", () => heard.length >= emitted, patienceMs);
    assert.deepEqual(heard, numbers(emitted));
  });

  it("says that a session is lost, and what that means for each message", async () => {
    const { io, proxy, handled } = await open({
      session: { age: "1ms" },
      handlerTimeout: "1s",
    });
    const socket = client(proxy.url);
    await until("the session is there", () => socket.delivery.live);
    const resets: { reason: string }[] = [];
    socket.delivery.on("reset", (notice) => resets.push(notice));
    const first = io.sockets.sockets.values().next().value!;
    // From here on nothing is answered.
    first.use(() => {});
    const lost = socket.durable.emit("n", 1, Buffer.alloc(0));
    await until("it is on its way", () => socket.outbox.entries[0]?.state === "sent");
    socket.io.reconnection(false);
    proxy.cut("reset");
    await until("the line is gone", () => !socket.connected && io.sockets.sockets.size === 0);
    const waiting = socket.durable.emit("n", 2, Buffer.alloc(0));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.io.reconnection(true);
    socket.io.open();
    await assert.rejects(lost, (error: DeliveryError) => {
      assert.ok(error instanceof DeliveryError);
      assert.deepEqual([error.code, error.sent], ["SESSION_LOST", "maybe"]);
      return true;
    });
    await waiting;
    assert.deepEqual(handled, [2]);
    assert.deepEqual(
      resets.map(({ reason }) => reason),
      ["session"],
    );
  });

  it("gives each namespace a session of its own on one line", async () => {
    const { io, proxy } = await open();
    io.of("/b").on("connection", (socket) => {
      socket.on("n", (n: number, _bytes: unknown, ack: (answer: string) => void) => ack(`b ${n}`));
    });
    const a = client(proxy.url);
    const b = a.io.socket("/b", { durable: durable() }) as DurableSocket;
    closing.push(() => b.outbox.close());
    const answers = [
      a.durable.emit("n", 1, Buffer.alloc(0)),
      b.durable.emit("n", 1, Buffer.alloc(0)),
    ];
    proxy.cut("reset");
    assert.deepEqual(await Promise.all(answers), [{ n: 1, bytes: Buffer.alloc(0) }, "b 1"]);
    await io.of("/b").durable.emit("only b");
    await until("it has arrived", () => (b.delivery.position?.offset ?? 0) > 0);
    assert.equal(a.delivery.position!.offset, 0);
  });

  it("ends the older of two that have the same session, and the older stays away", async () => {
    const { proxy } = await open();
    const thief = new OutboxThief();
    const first = client(proxy.url, { storage: thief });
    await until("the session is there", () => first.delivery.live);
    await until("it is stored", () => thief.state?.session !== undefined);
    const fenced = new Promise((resolve) => first.delivery.once("fenced", resolve));
    const second = client(proxy.url, { storage: thief });
    assert.deepEqual(Object.keys((await fenced) as object), ["reason"]);
    await until("the second is in", () => second.delivery.live);
    assert.deepEqual([first.connected, first.active, second.recovered], [false, false, true]);
  });
});
