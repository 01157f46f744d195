import assert from "node:assert/strict";
import { it } from "node:test";
import { next, until } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

export function closing({ mode, open }: Spine): void {
  it("client disconnects: both are told why", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const there = next(server, "disconnect");
    const here = next(client, "disconnect");
    client.disconnect();
    assert.equal((await here)[0], "io client disconnect");
    assert.equal((await there)[0], "client namespace disconnect");
    assert.equal(client.active, false);
    await until("the connection is let go", () => world.io.engine.clientsCount === 0);
  });

  it("server disconnects a socket: both are told why, the client stays away", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const there = next(server, "disconnect");
    const here = next(client, "disconnect");
    server.disconnect();
    assert.equal((await there)[0], "server namespace disconnect");
    assert.equal((await here)[0], "io server disconnect");
    assert.equal(client.active, false);
    assert.equal(server.connected, false);
  });

  it("server closes the whole connection", async (t) => {
    const world = await open(t, { setup: (io) => void io.of("/other") });
    const client = await world.connect("", { reconnection: false });
    const other = await world.beside(client, "/other");
    const both = Promise.all([next(client, "disconnect"), next(other, "disconnect")]);
    world.serverSide(client)?.disconnect(true);
    await both;
    await until("the connection is let go", () => world.io.engine.clientsCount === 0);
  });

  it("what was emitted before disconnect() arrives", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const heard: unknown[] = [];
    client.on("last", (n) => heard.push(n));
    const here = next(client, "disconnect");
    for (let n = 0; n < 10; n += 1) server.emit("last", n);
    server.disconnect();
    await here;
    assert.deepEqual(heard, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("close() ends every connection and the port is free", async (t) => {
    const world = await open(t);
    const clients = [
      await world.connect("", { reconnection: false }),
      await world.connect("", { reconnection: false }),
    ];
    const lost = Promise.all(clients.map((client) => next(client, "disconnect")));
    const reasons = Promise.all(
      clients.map((client) => next(world.serverSide(client) as object, "disconnect")),
    );
    await world.stop();
    await lost;
    assert.deepEqual(
      (await reasons).map(([reason]) => reason),
      ["server shutting down", "server shutting down"],
    );
    assert.equal(world.http.listening, false);
    const again = await open(t, { port: world.port });
    assert.equal((await again.connect()).connected, true);
  });

  it("a message beyond the limit ends its connection alone", async (t) => {
    const world = await open(t, { options: { maxHttpBufferSize: 10_000 } });
    const { client, server } = await world.pair("", { reconnection: false });
    const bystander = await world.pair();
    const gone = next(server, "disconnect");
    client.emit("big", "x".repeat(20_000));
    const [reason] = await gone;
    assert.match(String(reason), mode === "polling" ? /^transport (close|error)$/ : /^transport /);
    const heard = next(bystander.client, "still here");
    bystander.server.emit("still here");
    await heard;
  });
}
