import assert from "node:assert/strict";
import { it } from "node:test";
import { next } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

export function volatileEvents({ mode, open }: Spine): void {
  it("delivers a volatile event on an idle line, both ways", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    server.on("up", (n, done) => done(n));
    // One round trip, after which both lines are known to be idle again.
    await client.emitWithAck("up", 0);
    const up = next(server, "position");
    client.volatile.emit("position", 1);
    assert.deepEqual(await up, [1]);
    await client.emitWithAck("up", 0);
    const down = next(client, "position");
    // On polling the line is writable while the client's next request waits at the server.
    const repeat = setInterval(() => server.volatile.emit("position", 2), 5);
    t.after(() => clearInterval(repeat));
    assert.deepEqual(await down, [2]);
  });

  it(
    "drops volatile events on a line that is not idle",
    { skip: mode === "polling" },
    async (t) => {
      const world = await open(t);
      const { client, server } = await world.pair();
      server.on("sync", (done) => done());
      await client.emitWithAck("sync");
      const heard: number[] = [];
      client.on("position", (n: number) => heard.push(n));
      const end = next(client, "end");
      for (let n = 0; n < 5; n += 1) server.volatile.emit("position", n);
      server.emit("end");
      await end;
      assert.deepEqual(heard, [0], "one in a tick: the line is busy from the first on");
    },
  );

  it("buffers events while disconnected, but not volatile ones", async (t) => {
    const world = await open(t);
    const client = await world.client();
    const heard: unknown[] = [];
    world.io.on("connection", (socket) => {
      socket.onAny((name) => heard.push(name));
    });
    client.volatile.emit("dropped");
    client.emit("kept");
    client.volatile.emit("dropped");
    client.connect();
    await next(client, "connect");
    await world.settled(client);
    world.serverSide(client)?.on("sync", (done) => done());
    await client.emitWithAck("sync");
    assert.deepEqual(heard, ["kept", "sync"]);
  });

  it("broadcasts volatile events", async (t) => {
    const world = await open(t);
    const { client } = await world.pair();
    const heard = next(client, "position");
    const repeat = setInterval(() => world.io.volatile.emit("position", 3), 5);
    t.after(() => clearInterval(repeat));
    assert.deepEqual(await heard, [3]);
  });
}
