// What every adapter for several nodes must do, whatever carries its messages.
import assert from "node:assert/strict";
import { it } from "node:test";
import { next, until } from "./world.mjs";

// Adapters hold the process for as long as they await acknowledgements, also after all have come.
const ackMs = 4_000;

/**
 * Registers the cases. `nodes()` gives, in a `before` hook's wake, two servers that reach each other and a client on
 * each: `{ a, b, clientA, clientB }`.
 */
export function reachesOtherNodes(nodes) {
  it("a broadcast reaches the clients of all nodes, with binary", async () => {
    const { a, clientA, clientB } = nodes();
    const heard = [next(clientA, "all"), next(clientB, "all")];
    a.emit("all", 1, { bytes: Buffer.from([0, 255]) });
    for (const args of await Promise.all(heard)) {
      assert.equal(args[0], 1);
      assert.deepEqual([...args[1].bytes], [0, 255]);
    }
  });

  it("rooms reach over nodes, and leave out who is left out", async () => {
    const { a, b, clientA, clientB } = nodes();
    a.socketsJoin("everyone");
    await until("both are in the room", async () => {
      const found = await a.in("everyone").fetchSockets();
      return found.length === 2;
    });
    const heard = [];
    clientA.on("room", (text) => heard.push(`A ${text}`));
    clientB.on("room", (text) => heard.push(`B ${text}`));
    b.to("everyone").except(clientB.id).emit("room", "not B");
    b.to("everyone").emit("room", "all");
    await until("all have heard", () => heard.length === 3);
    assert.deepEqual(
      heard.toSorted((a, b) => a.localeCompare(b)),
      ["A all", "A not B", "B all"],
    );
    b.socketsLeave("everyone");
    await until("nobody is left", async () => (await b.in("everyone").fetchSockets()).length === 0);
  });

  it("acknowledgements come from all nodes", async () => {
    const { a, clientA, clientB } = nodes();
    clientA.on("count", (reply) => reply(1));
    clientB.on("count", (reply) => reply(2));
    const answers = await a.timeout(ackMs).emitWithAck("count");
    assert.deepEqual(answers.toSorted(), [1, 2]);
  });

  it("remote sockets tell their rooms, data and handshake, and can be spoken to", async () => {
    const { a, b, clientB } = nodes();
    b.sockets.sockets.get(clientB.id).data = { name: "bee" };
    const remote = (await a.fetchSockets()).find((socket) => socket.id === clientB.id);
    assert.deepEqual(remote.data, { name: "bee" });
    assert.ok(remote.rooms.has(clientB.id));
    assert.equal(remote.handshake.address, "127.0.0.1");
    clientB.on("ask", (question, reply) => reply(`${question}!`));
    assert.equal(await remote.timeout(ackMs).emitWithAck("ask", "well"), "well!");
    const heard = next(clientB, "hello");
    remote.emit("hello", "you");
    assert.equal((await heard)[0], "you");
  });

  it("servers talk to each other, with acknowledgements", async () => {
    const { a, b } = nodes();
    const heard = next(b, "between servers");
    a.serverSideEmit("between servers", "hello");
    assert.deepEqual((await heard).slice(0, 1), ["hello"]);
    b.on("how many", (reply) => reply(b.of("/").sockets.size));
    assert.deepEqual(await a.serverSideEmitWithAck("how many"), [1]);
  });

  it("local stays on its node", async () => {
    const { a, clientA, clientB } = nodes();
    const heard = [];
    clientB.on("local", () => heard.push("B"));
    const own = next(clientA, "local");
    a.local.emit("local");
    await own;
    const after = next(clientB, "after");
    a.emit("after");
    await after;
    assert.deepEqual(heard, []);
  });

  it("sockets can be disconnected from another node", async () => {
    const { a, clientB } = nodes();
    const gone = next(clientB, "disconnect");
    a.in(clientB.id).disconnectSockets();
    assert.deepEqual((await gone).slice(0, 1), ["io server disconnect"]);
  });
}
