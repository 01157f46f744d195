// Hawser's client on python-socketio's server, unchanged.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import type { Child } from "../support/child.ts";
import {
  clientOptionsFor,
  finalTransport,
  loadClient,
  ours,
  transportModes,
} from "../support/pairing.ts";
import type { ClientOptions, ClientSocket } from "../support/pairing.ts";
import { pythonPeer, pythonSkip } from "../support/python.ts";
import { collect, next, until } from "../support/wait.ts";

const { io } = await loadClient(ours);
const bytes = Buffer.from([0, 1, 127, 128, 255]);

for (const mode of transportModes) {
  describe(`Hawser client → python-socketio server, ${mode}`, { skip: pythonSkip }, () => {
    let python: Child;
    let url = "";

    before(async () => {
      python = pythonPeer("socketio_server.py");
      const { port } = await python.line("the server's port", (line) => "port" in line);
      url = `http://127.0.0.1:${String(port)}`;
    });
    after(() => python.end());

    function open(
      t: TestContext,
      namespace = "",
      options: Partial<ClientOptions> = {},
    ): ClientSocket {
      const socket = io(url + namespace, {
        ...clientOptionsFor(mode),
        forceNew: true,
        reconnectionDelay: 30,
        ...options,
      });
      t.after(() => socket.disconnect());
      return socket;
    }

    it("connects with auth and headers, on the transport of the mode", async (t) => {
      const socket = open(t, "", { auth: { token: "t" }, extraHeaders: { "X-Hello": "there" } });
      assert.deepEqual(await next(socket, "welcome"), [{ auth: { token: "t" }, hello: "there" }]);
      await until(
        "it has upgraded",
        () => socket.io.engine.transport.name === finalTransport(mode),
      );
    });

    it("events, binary and acknowledgements, both ways", async (t) => {
      const socket = open(t);
      const sent = ["grüße 🚢", 1.5, null, { deep: [bytes, { b: bytes }] }, bytes];
      const back = next(socket, "back");
      socket.emit("back", ...sent);
      assert.deepEqual(await back, sent);
      const answer = await new Promise((resolve) => {
        socket.emit("echo", ...sent, (...args: unknown[]) => resolve(args));
      });
      assert.deepEqual(answer, sent);
      socket.on("question", (a: number, b: Buffer, done) => done({ sum: a, bytes: b }));
      const answered = next(socket, "you answered");
      socket.emit("ask_me", 3, bytes);
      assert.deepEqual(await answered, [{ sum: 3, bytes }]);
    });

    it("namespaces and rooms", async (t) => {
      const one = open(t);
      const two = open(t);
      assert.equal(await one.emitWithAck("join", "r"), true);
      assert.equal(await two.emitWithAck("join", "r"), true);
      const heard = next(two, "in room");
      one.on("in room", () => assert.fail("the sender is left out"));
      one.emit("to_room", "r", "hello");
      assert.deepEqual(await heard, ["hello"]);

      const admin = one.io.socket("/admin");
      t.after(() => admin.disconnect());
      const welcome = next(admin, "welcome");
      assert.deepEqual(await welcome, ["admin"]);
      assert.equal(await admin.emitWithAck("echo", 1), 1);
    });

    it("is refused, and told why", async (t) => {
      const socket = open(t, "", { auth: { token: "bad" } });
      const [error] = await next<[Error & { data?: unknown }]>(socket, "connect_error");
      assert.equal(error.message, "bad token");
      assert.deepEqual(error.data, { code: 7 });
      assert.equal(socket.active, false);
    });

    it("keeps order, takes large messages, stays through heartbeats", async (t) => {
      const socket = open(t);
      const numbers = collect<number>(socket, "number", 300);
      socket.emit("many", 300);
      assert.deepEqual(
        await numbers,
        Array.from({ length: 300 }, (_, index) => index),
      );
      // Over polling it reads only the first part of a body beyond 64 KiB.
      const large = Buffer.alloc(mode === "websocket" ? 300_000 : 45_000, bytes);
      const back = (await socket.emitWithAck("echo", large)) as Buffer;
      assert.equal(back.equals(large), true);
      socket.on("disconnect", (reason) => assert.fail(`disconnected: ${reason}`));
      await collect(socket.io, "ping", 2);
      socket.off("disconnect");
    });

    it("is told of a disconnect", async (t) => {
      const socket = open(t);
      const told = next(socket, "disconnect");
      socket.emit("kick_me");
      assert.equal((await told)[0], "io server disconnect");
    });
  });
}
