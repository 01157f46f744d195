import assert from "node:assert/strict";
import { it } from "node:test";
import { collect, next, until } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

export function reconnecting({ open }: Spine): void {
  it("comes back after the server has restarted, and sends what it kept", async (t) => {
    const first = await open(t);
    const client = await first.connect();
    const oldId = client.id;
    const lost = next(client, "disconnect");
    const trying = next<[number]>(client.io, "reconnect_attempt");
    const back = next<[number]>(client.io, "reconnect");
    await first.stop();
    assert.match(String((await lost)[0]), /^transport (close|error)$/);
    assert.equal(client.id, undefined);
    assert.equal(client.active, true, "it will come back by itself");

    const answered = client.emitWithAck("kept", 1);
    client.emit("kept", 2);
    assert.equal((await trying)[0] >= 1, true);

    const heard: unknown[] = [];
    const second = await open(t, {
      port: first.port,
      setup: (io) => {
        io.on("connection", (socket) => {
          socket.on("kept", (value, done) => {
            heard.push(value);
            done?.(`again ${value}`);
          });
        });
      },
    });
    assert.equal((await back)[0] >= 1, true);
    await until("connected again", () => client.connected);
    assert.equal(await answered, "again 1");
    await until("all that was kept has come", () => heard.length === 2);
    assert.deepEqual(heard, [1, 2]);
    assert.notEqual(client.id, oldId);
    await second.settled(client);
  });

  it("comes back when the line breaks, with a new socket at the server", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const gone = next(server, "disconnect");
    const back = next(client, "connect");
    client.io.engine.close();
    assert.match(String((await gone)[0]), /^transport (close|error)$/);
    await back;
    await world.settled(client);
    assert.equal(world.io.of("/").sockets.size, 1);
    assert.notEqual(client.id, server.id);
  });

  it("tells of each attempt that fails, and gives up when told to", async (t) => {
    const world = await open(t);
    await world.stop();
    const client = await world.client("", { reconnectionAttempts: 2, reconnectionDelay: 5 });
    const seen: string[] = [];
    for (const event of ["reconnect_attempt", "reconnect_error", "reconnect_failed"]) {
      client.io.on(event as "reconnect_failed", () => seen.push(event));
    }
    const errors = collect(client, "connect_error", 3);
    const failed = next(client.io, "reconnect_failed");
    client.connect();
    await failed;
    await errors;
    assert.deepEqual(seen.toSorted(), [
      "reconnect_attempt",
      "reconnect_attempt",
      "reconnect_error",
      "reconnect_error",
      "reconnect_failed",
    ]);
  });

  it("does not come back when it was told not to", async (t) => {
    const world = await open(t);
    const client = await world.connect("", { reconnection: false });
    client.io.on("reconnect_attempt", () => assert.fail("it tried"));
    const lost = next(client, "disconnect");
    await world.stop();
    await lost;
    assert.equal(client.connected, false);
  });

  it("an answer that was under way when the line broke is never called twice", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    let calls = 0;
    const asked = new Promise<() => void>((resolve) => {
      server.on("ask", (done: () => void) => resolve(done));
    });
    client.emit("ask", () => (calls += 1));
    const answer = await asked;
    const back = next(client, "connect");
    client.io.engine.close();
    await back;
    answer();
    world.serverSide(client)?.on("sync", (done) => done());
    await client.emitWithAck("sync");
    assert.equal(calls, 0);
  });
}
