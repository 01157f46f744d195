// python-socketio's client, unchanged, on Hawser's server.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { ours } from "../support/pairing.ts";
import type { ServerSocket } from "../support/pairing.ts";
import { pack, PythonClient, pythonSkip } from "../support/python.ts";
import { next, until } from "../support/wait.ts";
import { World } from "../support/world.ts";
import type { WorldOptions } from "../support/world.ts";

const modes = {
  polling: ["polling"],
  websocket: ["websocket"],
  "polling upgraded": ["polling", "websocket"],
};
const bytes = Buffer.from([0, 1, 127, 128, 255]);

function openWorld(t: TestContext, options: Partial<WorldOptions> = {}): Promise<World> {
  return World.open({ server: ours, client: ours, mode: "websocket", ...options }).then((world) => {
    t.after(() => world.close());
    return world;
  });
}

function openPython(t: TestContext): PythonClient {
  const python = new PythonClient();
  t.after(() => python.end());
  return python;
}

for (const [mode, transports] of Object.entries(modes)) {
  describe(`python-socketio client → Hawser, ${mode}`, { skip: pythonSkip }, () => {
    it("connects with auth and headers; events, binary and acknowledgements both ways", async (t) => {
      const world = await openWorld(t);
      const python = openPython(t);
      const connection = next<[ServerSocket]>(world.io, "connection");
      await python.connect(world.url, {
        transports,
        auth: { token: "t" },
        headers: { "X-Hello": "there" },
      });
      const [server] = await connection;
      assert.deepEqual(server.handshake.auth, { token: "t" });
      assert.equal(server.handshake.headers["x-hello"], "there");
      const wanted = mode === "polling" ? "polling" : "websocket";
      await until("it is on its transport", () => server.conn.transport.name === wanted);
      assert.equal(await python.transport(), wanted);

      const sent = ["grüße 🚢", 1.5, null, { deep: [bytes, { b: bytes }] }, bytes];
      const up = next(server, "up");
      await python.emit("up", sent);
      assert.deepEqual(await up, sent);

      server.emit("down", ...sent);
      assert.deepEqual(await python.heard("down"), pack(sent));

      server.on("echo", (...args) => {
        const done = args.pop() as (...answer: unknown[]) => void;
        done(...args);
      });
      assert.deepEqual(await python.call("echo", sent), pack(sent));

      const answer = await new Promise((resolve) => {
        server.timeout(5_000).emit("ask", ...sent, (error: unknown, ...args: unknown[]) => {
          resolve([error, ...args]);
        });
      });
      assert.deepEqual(answer, [null, ...sent]);
    });

    it("namespaces and rooms", async (t) => {
      const world = await openWorld(t);
      world.io.of("/admin").on("connection", (socket) => {
        socket.on("join", async (room, done) => {
          await socket.join(room);
          done(true);
        });
      });
      const one = openPython(t);
      const two = openPython(t);
      await one.connect(world.url, { transports, namespaces: ["/", "/admin"] });
      await two.connect(world.url, { transports, namespaces: ["/admin"] });
      assert.equal(await one.call("join", ["left"], "/admin"), true);
      assert.equal(await two.call("join", ["right"], "/admin"), true);
      world.io.of("/admin").to("left").emit("news", "for left", bytes);
      world.io.of("/admin").to("right").emit("news", "for right");
      world.io.of("/").emit("main", 1);
      assert.deepEqual(await one.heard("news", "/admin"), pack(["for left", bytes]));
      assert.deepEqual(await two.heard("news", "/admin"), ["for right"]);
      assert.deepEqual(await one.heard("main"), [1]);
    });

    it("is refused by a middleware, and told why", async (t) => {
      const world = await openWorld(t, {
        setup: (io) => io.use((_socket, proceed) => proceed(new Error("bad token"))),
      });
      const python = openPython(t);
      await assert.rejects(python.connect(world.url, { transports, wait: 0.5 }), /ConnectionError/);
      const [reason] = await python.heard("connect_error");
      assert.match(JSON.stringify(reason), /bad token/);
    });

    it("takes many messages and large ones", async (t) => {
      const world = await openWorld(t);
      const python = openPython(t);
      const connection = next<[ServerSocket]>(world.io, "connection");
      await python.connect(world.url, { transports });
      const [server] = await connection;
      // Batches, since it refuses more than 16 packets in one polling payload; as sets, since it
      // hands events to its handlers in tasks of their own, in no certain order.
      for (let batch = 0; batch < 200; batch += 10) {
        const expected = Array.from({ length: 10 }, (_, index) => batch + index);
        for (const number of expected) server.emit("number", number);
        const heard = new Set<unknown>();
        while (heard.size < 10) heard.add((await python.heard("number"))[0]);
        assert.deepEqual(heard, new Set(expected));
      }
      const large = Buffer.alloc(300_000, bytes);
      server.on("echo", (value, done) => done(value));
      assert.deepEqual(await python.call("echo", [large]), pack(large));
    });

    it("is told of a disconnect, and tells of its own", async (t) => {
      const world = await openWorld(t);
      const python = openPython(t);
      const connection = next<[ServerSocket]>(world.io, "connection");
      await python.connect(world.url, { transports });
      const [server] = await connection;
      const gone = next(server, "disconnect");
      await python.disconnect();
      assert.match(
        String((await gone)[0]),
        /^(client namespace disconnect|transport (close|error))$/,
      );

      const other = openPython(t);
      const again = next<[ServerSocket]>(world.io, "connection");
      await other.connect(world.url, { transports });
      (await again)[0].disconnect(true);
      await other.heard("disconnect");
    });

    // A polling server says goodbye with a close packet, which this client takes as final.
    it("comes back after the server has restarted", { skip: mode === "polling" }, async (t) => {
      const first = await openWorld(t);
      const python = openPython(t);
      const connection = next(first.io, "connection");
      await python.connect(first.url, { transports });
      await connection;
      await python.heard("connect");
      await first.stop();
      await python.heard("disconnect");
      const second = await openWorld(t, { port: first.port });
      const [server] = await next<[ServerSocket]>(second.io, "connection");
      await python.heard("connect");
      server.emit("hello again", 1);
      assert.deepEqual(await python.heard("hello again"), [1]);
    });
  });
}
