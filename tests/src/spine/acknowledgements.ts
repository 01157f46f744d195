import assert from "node:assert/strict";
import { it } from "node:test";
import { next } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

export function acknowledgements({ open }: Spine): void {
  it("calls the client's callback with the server's answer", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    server.on("add", (a: number, b: number, done) => done(a + b, "and", { more: true }));
    const answer = await new Promise<unknown[]>((resolve) => {
      client.emit("add", 1, 2, (...args: unknown[]) => resolve(args));
    });
    assert.deepEqual(answer, [3, "and", { more: true }]);
  });

  it("calls the server's callback with the client's answer", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    client.on("add", (a: number, b: number, done) => done(a + b));
    const answer = await new Promise<unknown[]>((resolve) => {
      server.emit("add", 1, 2, (...args: unknown[]) => resolve(args));
    });
    assert.deepEqual(answer, [3]);
  });

  it("keeps many apart, answered in any order, in both directions at once", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const waiting: (() => void)[] = [];
    const count = 20;
    const onAsk = (n: number, done: (answer: number) => void): void => {
      waiting.push(() => done(n * 10));
      if (waiting.length === 2 * count) for (const answer of waiting.toReversed()) answer();
    };
    server.on("ask", onAsk);
    client.on("ask", onAsk);
    const numbers = Array.from({ length: count }, (_, index) => index);
    const answers = await Promise.all([
      ...numbers.map((n) => client.emitWithAck("ask", n)),
      ...numbers.map((n) => server.emitWithAck("ask", n)),
    ]);
    assert.deepEqual(
      answers,
      [...numbers, ...numbers].map((n) => n * 10),
    );
  });

  it("answers once, whatever the handler does", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    let calls = 0;
    server.on("twice", (done) => {
      done(1);
      done(2);
    });
    server.on("after", (done) => done());
    client.emit("twice", () => (calls += 1));
    await client.emitWithAck("after");
    assert.equal(calls, 1);
  });

  it("times out with an error first, at both ends", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const fromClient = await new Promise((resolve) => {
      client.timeout(20).emit("nobody", resolve);
    });
    assert.match((fromClient as Error).message, /timed out/);
    const fromServer = await new Promise((resolve) => {
      server.timeout(20).emit("nobody", resolve);
    });
    assert.match((fromServer as Error).message, /timed out/);
    await assert.rejects(client.timeout(20).emitWithAck("nobody"), /timed out/);
    await assert.rejects(server.timeout(20).emitWithAck("nobody"), /timed out/);
  });

  it("with a time-out that is kept: no error, then the answer", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    server.on("quick", (done) => done("here"));
    client.on("quick", (done) => done("there"));
    const fromClient = await new Promise((resolve) => {
      client.timeout(5_000).emit("quick", (...args: unknown[]) => resolve(args));
    });
    assert.deepEqual(fromClient, [null, "here"]);
    const fromServer = await new Promise((resolve) => {
      server.timeout(5_000).emit("quick", (...args: unknown[]) => resolve(args));
    });
    assert.deepEqual(fromServer, [null, "there"]);
  });

  it("collects the answers of a broadcast", async (t) => {
    const world = await open(t);
    const clients = [await world.connect(), await world.connect(), await world.connect()];
    for (const [index, client] of clients.entries()) {
      client.on("who", (done: (answer: number) => void) => done(index));
    }
    const answers = (await world.io.timeout(5_000).emitWithAck("who")) as number[];
    assert.deepEqual(new Set(answers), new Set([0, 1, 2]));
  });

  it("gives the answers that came when a broadcast times out", async (t) => {
    const world = await open(t);
    const { client } = await world.pair();
    const silent = await world.connect();
    client.on("who", (done) => done("me"));
    const heard = next(silent, "who");
    const outcome = await new Promise<unknown[]>((resolve) => {
      world.io.timeout(150).emit("who", (...args: unknown[]) => resolve(args));
    });
    await heard;
    assert.match((outcome[0] as Error).message, /timed out/);
    assert.deepEqual(outcome[1], ["me"]);
  });

  it("a broadcast to nobody is answered at once", async (t) => {
    const world = await open(t);
    assert.deepEqual(await world.io.to("empty room").timeout(5_000).emitWithAck("who"), []);
  });
}
