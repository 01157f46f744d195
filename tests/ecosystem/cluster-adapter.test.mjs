// @socket.io/cluster-adapter and @socket.io/sticky, unchanged: a primary and two workers, polling and websocket.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { io as originalIo } from "original-client";
import { hawserServer } from "./support/alias.mjs";
import { World, connected, next, until } from "./support/world.mjs";

hawserServer();
const program = fileURLToPath(new URL("support/cluster-program.mjs", import.meta.url));
const startMs = 20_000;

/** Starts the primary; resolves with its port when both workers serve. */
async function startCluster(world) {
  const child = spawn(process.execPath, [program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const gone = once(child, "exit");
  world.onEnd(async () => {
    if (child.connected) child.send("end");
    await gone;
  });
  const [message] = await Promise.race([
    once(child, "message", { signal: AbortSignal.timeout(startMs) }),
    gone.then(([code]) => assert.fail(`the cluster ended with ${code}`)),
  ]);
  return message.port;
}

for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
  describe(`@socket.io/cluster-adapter and sticky over ${transports.join(" then ")}`, () => {
    const world = new World();
    const clients = [];
    before(async () => {
      const port = await startCluster(world);
      for (let n = 0; n < 4; n++) {
        const options = { transports, forceNew: true, auth: { n } };
        clients.push(originalIo(`http://127.0.0.1:${port}`, options));
      }
      world.onEnd(() => clients.forEach((client) => client.disconnect()));
      await Promise.all(clients.map(connected));
    });
    after(() => world.end());

    it("spreads clients over both workers and keeps each at its own", async () => {
      const workers = await Promise.all(clients.map((it) => it.emitWithAck("which worker")));
      assert.equal(new Set(workers).size, 2);
      const again = await Promise.all(clients.map((it) => it.emitWithAck("which worker")));
      assert.deepEqual(again, workers);
    });

    it("a broadcast of one worker reaches the clients of both, with what JSON knows", async () => {
      const heard = clients.map((client) => next(client, "all"));
      clients[0].emit("to all", { n: 1 });
      assert.deepEqual(
        await Promise.all(heard),
        clients.map(() => [{ n: 1 }]),
      );
    });

    it("rooms, acknowledgements and sockets are those of both workers", async () => {
      assert.equal(await clients[0].emitWithAck("how many sockets"), clients.length);
      clients.forEach((client, n) => client.on("your number", (reply) => reply(n)));
      assert.deepEqual((await clients[1].emitWithAck("ask all")).toSorted(), [0, 1, 2, 3]);
      await Promise.all(clients.map((it) => it.emitWithAck("join", "room")));
      await until("all are in the room", async () => {
        return (await clients[0].emitWithAck("how many sockets", "room")) === clients.length;
      });
    });

    it("servers talk to each other", async () => {
      assert.equal((await clients[0].emitWithAck("ask the other worker")).length, 1);
    });
  });
}
