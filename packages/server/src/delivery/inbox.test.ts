import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DurablePeer } from "../../test/durable-peer.ts";
import { settled, withoutNetwork } from "../../test/fake-connection.ts";
import { lend } from "../../test/lent-log.ts";
import { Server } from "../server.ts";
import { memoryLog } from "./memory-log.ts";
import type { DeliveryOptions } from "./options.ts";
import type { Socket } from "../socket.ts";

let io: Server;
let socket: Socket;
let peer: DurablePeer;
const errors: Error[] = [];
afterEach(() => io.close());

function start(delivery: DeliveryOptions = {}): void {
  io = withoutNetwork(new Server({ delivery }));
  errors.length = 0;
  io.delivery!.on("error", (error) => void errors.push(error));
  io.on("connection", (it) => void (socket = it));
}
beforeEach(async () => {
  start();
  peer = await new DurablePeer(io).connect();
});

/** Reads until there is an answer to a packet. */
async function answer(id: number): Promise<unknown[]> {
  while (!peer.answers.has(id)) await peer.read();
  return peer.answers.get(id)!;
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  return { promise: new Promise<void>((done) => (resolve = done)), resolve };
}

describe("a durable message of a client", () => {
  it("is heard by ordinary listeners and answered with what ack was given", async () => {
    const seen: unknown[] = [];
    socket.on("order", (order, ack) => {
      seen.push(order, socket.delivery.current);
      ack("ok", { id: 7 });
    });
    const id = await peer.emit(1, 0, "order", { what: "tea" });
    expect(await answer(id)).toEqual([0, "ok", { id: 7 }]);
    const current = { id: `${peer.session!.id}:1`, redelivered: false };
    expect(seen).toEqual([{ what: "tea" }, current]);
    expect(socket.delivery.current).toBeUndefined();
    expect(io.delivery!.counters).toMatchObject({ accepted: 1, failed: 0 });
  });

  it("is handled once, and a retry gets the original answer, on another line, too", async () => {
    const handler = vi.fn((ack: (n: number) => void) => ack(handler.mock.calls.length));
    socket.on("order", handler);
    expect(await answer(await peer.emit(1, 0, "order"))).toEqual([0, 1]);
    expect(await answer(await peer.emit(1, 1, "order"))).toEqual([0, 1]);
    await peer.drop().connect();
    expect(peer.greeting!.accepted).toBe(1);
    socket.on("order", handler);
    expect(await answer(await peer.emit(1, 1, "order"))).toEqual([0, 1]);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(io.delivery!.counters.answeredAgain).toBe(2);
  });

  it("waits until the one before has settled; every promise of every listener counts", async () => {
    const order: string[] = [];
    const slow = deferred();
    socket.on("first", async () => {
      order.push("first begins");
      await slow.promise;
      order.push("first ends");
    });
    socket.on("first", () => void order.push("first, another listener"));
    socket.on("second", () => void order.push("second"));
    const [a, b] = [await peer.emit(1, 0, "first"), await peer.emit(2, 0, "second")];
    expect(order).toEqual(["first begins", "first, another listener"]);
    expect(peer.answers.size).toBe(0);
    slow.resolve();
    expect(await answer(b)).toEqual([0]);
    expect(await answer(a)).toEqual([0]);
    expect(order.slice(2)).toEqual(["first ends", "second"]);
  });

  it("has settled when a listener without a promise that declares ack has called it", async () => {
    let later: (text: string) => void = () => {};
    socket.on("order", (_what: string, ack: (text: string) => void) => void (later = ack));
    const id = await peer.emit(1, 0, "order", "tea");
    expect(peer.answers.has(id)).toBe(false);
    later("done");
    later("twice");
    expect(await answer(id)).toEqual([0, "done"]);
  });

  it("is answered on the newest line when the one that it came on has gone", async () => {
    const slow = deferred();
    let calls = 0;
    socket.on("order", async (ack) => {
      calls++;
      await slow.promise;
      ack("late");
    });
    await peer.emit(1, 0, "order");
    await peer.drop().connect();
    const id = await peer.emit(1, 1, "order");
    slow.resolve();
    expect(await answer(id)).toEqual([0, "late"]);
    expect(calls).toBe(1);
  });

  it("is dropped before it was begun when its line goes, and handled once it comes again", async () => {
    const slow = deferred();
    const heard: unknown[] = [];
    const listen = (): void => {
      socket.on("n", async (n) => {
        heard.push(n);
        if (n === 1) await slow.promise;
      });
    };
    listen();
    await peer.emit(1, 0, "n", 1);
    await peer.emit(2, 0, "n", 2);
    await peer.drop().connect();
    listen();
    slow.resolve();
    const a = await peer.emit(1, 1, "n", 1);
    const b = await peer.emit(2, 1, "n", 2);
    expect(await answer(b)).toEqual([0]);
    expect(await answer(a)).toEqual([0]);
    expect(heard).toEqual([1, 2]);
  });

  it("fails for good without a listener, when one throws, or a middleware refuses it", async () => {
    socket.use(([event], next) => {
      next(event === "secret" ? Object.assign(new Error("not for you"), { data: 4 }) : undefined);
    });
    socket.on("throws", () => {
      throw new Error("password is 1234");
    });
    socket.on("tells", () =>
      Promise.reject(Object.assign(new Error("sold out"), { data: { left: 0 } })),
    );
    socket.on("exposes", () => {
      throw Object.assign(new Error("closed"), { expose: true });
    });
    const faults: unknown[] = [];
    for (const [at, event] of ["nobody", "throws", "tells", "exposes", "secret"].entries()) {
      faults.push(await answer(await peer.emit(at + 1, 0, event)));
    }
    expect(faults).toEqual([
      [1, { code: "NO_LISTENER", message: 'nobody listens to "nobody"' }],
      [1, { code: "HANDLER_FAILED", message: "the handler failed" }],
      [1, { code: "HANDLER_FAILED", message: "sold out", data: { left: 0 } }],
      [1, { code: "HANDLER_FAILED", message: "closed" }],
      [1, { code: "MIDDLEWARE_REFUSED", message: "not for you", data: 4 }],
    ]);
    expect(errors.map(({ message }) => message)).toEqual([
      "password is 1234",
      "sold out",
      "closed",
    ]);
    expect(await answer(await peer.emit(2, 1, "throws"))).toEqual(faults[1]);
    expect(io.delivery!.counters.failed).toBe(5);
  });

  it("fails when its handler takes too long; the next one goes on", async () => {
    await io.close();
    start({ handlerTimeout: 20 });
    peer = await new DurablePeer(io).connect();
    socket.on("never", () => new Promise(() => {}));
    socket.on("next", (ack) => ack("ok"));
    const [a, b] = [await peer.emit(1, 0, "never"), await peer.emit(2, 0, "next")];
    expect(await answer(b)).toEqual([0, "ok"]);
    const message = "the handler did not end within 20 ms";
    expect(await answer(a)).toEqual([1, { code: "HANDLER_TIMEOUT", message }]);
  });

  it("comes again when the application says so, and all behind it in their order", async () => {
    let isReady = false;
    const both = deferred();
    const heard: unknown[] = [];
    socket.on("n", async (n) => {
      await both.promise;
      if (!isReady) throw Object.assign(new Error("not yet"), { retry: true, retryAfterMs: 5 });
      heard.push(n);
    });
    const [a, b] = [await peer.emit(1, 0, "n", 1), await peer.emit(2, 0, "n", 2)];
    both.resolve();
    expect(await answer(a)).toEqual([2, { code: "RETRY", retryAfterMs: 5 }]);
    expect(await answer(b)).toEqual([2, { code: "RETRY", retryAfterMs: 5 }]);
    isReady = true;
    const [c, d] = [await peer.emit(1, 1, "n", 1), await peer.emit(2, 1, "n", 2)];
    expect(await answer(c)).toEqual([0]);
    expect(await answer(d)).toEqual([0]);
    expect(heard).toEqual([1, 2]);
  });

  it("is seen by catch-all listeners and middlewares, and by once", async () => {
    const seen: string[] = [];
    socket.onAny((event) => void seen.push(`any ${event}`));
    socket.use((event, next) => {
      event[1] = "changed";
      next();
    });
    socket.once("n", (n, ack) => ack(n));
    expect(await answer(await peer.emit(1, 0, "n", "given"))).toEqual([0, "changed"]);
    expect(seen).toEqual(["any n"]);
    expect(await answer(await peer.emit(2, 0, "n"))).toMatchObject([1, { code: "NO_LISTENER" }]);
  });

  it("is refused out of order and when too many wait, and its line ends when it is malformed", async () => {
    await io.close();
    start({ inFlight: 2 });
    peer = await new DurablePeer(io).connect();
    expect(peer.greeting!.inFlight).toBe(2);
    socket.on("n", () => new Promise(() => {}));
    expect(await answer(await peer.emit(2, 0, "n"))).toEqual([2, { code: "OUT_OF_ORDER" }]);
    for (const counter of [1, 2, 3]) await peer.emit(counter, 0, "n");
    const id = await peer.emit(4, 0, "n");
    expect(await answer(id)).toEqual([2, { code: "OVERLOADED", retryAfterMs: 500 }]);
    const bad = ['["$emit",1,0]', '["$emit",0,0,"n"]', '["$emit",1,0,"disconnect"]', '["$emit"]'];
    for (const data of bad) {
      const other = await new DurablePeer(io).connect();
      await other.conn.send(`20${data}`);
      expect(other.conn.readyState).toBe("closed");
    }
    const other = await new DurablePeer(io).connect();
    await other.conn.send('2["$emit",1,0,"n"]');
    expect(other.conn.readyState).toBe("closed");
  });

  it("has its answer forgotten only beyond the bounds, or when the client needs it no more", async () => {
    await io.close();
    start({ inFlight: 1, results: { count: 2 } });
    peer = await new DurablePeer(io).connect();
    socket.on("n", (n, ack) => ack(n));
    for (const n of [1, 2, 3, 4]) await answer(await peer.emit(n, 0, "n", n));
    expect(await answer(await peer.emit(4, 1, "n"))).toEqual([0, 4]);
    expect(await answer(await peer.emit(1, 1, "n"))).toMatchObject([
      1,
      { code: "RESULT_FORGOTTEN" },
    ]);
    expect(io.delivery!.counters.answersForgotten).toBe(1);
  });

  it("carries binary both ways", async () => {
    socket.on("bytes", (bytes: Buffer, ack) => ack(Buffer.from([...bytes].toReversed())));
    await peer.conn.send('51-5["$emit",1,0,"bytes",{"_placeholder":true,"num":0}]');
    await peer.conn.send(Buffer.from([1, 2, 3]));
    await settled();
    expect(peer.conn.sent.at(-1)).toBe('61-5[0,{"_placeholder":true,"num":0}]');
    expect([...peer.conn.sentBinary.at(-1)!]).toEqual([3, 2, 1]);
  });

  it("is not answered before its acceptance is in the log, and comes again when that fails", async () => {
    await io.close();
    const log = memoryLog();
    start({ log });
    peer = await new DurablePeer(io).connect();
    let calls = 0;
    socket.on("n", (ack) => ack(++calls));
    const commit = log.commit.bind(log);
    log.commit = () => Promise.reject(new Error("disk full"));
    const refused = await answer(await peer.emit(1, 0, "n"));
    expect(refused).toEqual([2, { code: "RETRY", retryAfterMs: 500 }]);
    log.commit = commit;
    expect(await answer(await peer.emit(1, 1, "n"))).toEqual([0, 1]);
    expect(calls).toBe(1);
  });

  it("is known after a kill when it was answered; one that was begun comes again and is marked", async () => {
    await io.close();
    const log = memoryLog();
    start({ log: lend(log) });
    peer = await new DurablePeer(io).connect();
    socket.on("n", (n, ack) => (n < 2 ? ack("first process") : new Promise(() => {})));
    await answer(await peer.emit(1, 0, "n", 1));
    await peer.emit(2, 0, "n", 2);
    peer.drop();
    // What the first process has saved so far is what the second one knows.
    const before = io;
    start({ log: lend(log) });
    Object.assign(peer, { io });
    await peer.connect();
    expect(peer.greeting).toMatchObject({ recovered: true, accepted: 1 });
    const seen: unknown[] = [];
    socket.on("n", (n, ack) => {
      seen.push([n, socket.delivery.current]);
      ack("second process");
    });
    expect(await answer(await peer.emit(1, 1, "n", 1))).toEqual([0, "first process"]);
    expect(await answer(await peer.emit(2, 1, "n", 2))).toEqual([0, "second process"]);
    expect(await answer(await peer.emit(3, 0, "n", 3))).toEqual([0, "second process"]);
    const id = peer.session!.id;
    expect(seen).toEqual([
      [2, { id: `${id}:2`, redelivered: true }],
      [3, { id: `${id}:3`, redelivered: false }],
    ]);
    expect(io.delivery!.counters.redelivered).toBe(1);
    await before.close();
  });
});
