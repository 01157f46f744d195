import assert from "node:assert/strict";
import { it } from "node:test";
import type { ServerSocket } from "../support/pairing.ts";
import { next, until } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

export function namespaces({ open }: Spine): void {
  it("keeps namespaces apart on one connection", async (t) => {
    const world = await open(t, {
      setup: (io) => {
        io.of("/admin").on("connection", (socket) => {
          socket.on("where", (done) => done("admin"));
        });
        io.on("connection", (socket) => socket.on("where", (done) => done("main")));
      },
    });
    const main = await world.connect();
    const admin = await world.beside(main, "/admin");
    assert.notEqual(admin.id, main.id);
    assert.equal(world.io.engine.clientsCount, 1);
    assert.equal(await main.emitWithAck("where"), "main");
    assert.equal(await admin.emitWithAck("where"), "admin");

    main.on("news", () => assert.fail("another namespace's event"));
    const news = next(admin, "news");
    world.io.of("/admin").emit("news", 1);
    assert.deepEqual(await news, [1]);
  });

  it("binary and acknowledgements work in a namespace with an odd name", async (t) => {
    const name = "/a-b/ü.1_x";
    const world = await open(t, {
      setup: (io) => {
        io.of(name).on("connection", (socket) => socket.on("echo", (value, done) => done(value)));
      },
    });
    const odd = await world.beside(await world.connect(), name);
    assert.deepEqual(await odd.emitWithAck("echo", [Buffer.from([1])]), [Buffer.from([1])]);
  });

  it("leaving one namespace leaves the others connected", async (t) => {
    const world = await open(t, { setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const left = next(world.serverSide(other, "/other") as ServerSocket, "disconnect");
    other.disconnect();
    assert.equal((await left)[0], "client namespace disconnect");
    assert.equal(client.connected, true);
    assert.equal(server.connected, true);
    const back = next(other, "connect");
    other.connect();
    await back;
    assert.equal(other.connected, true);
  });

  it("refuses an unknown namespace, and the connection stays", async (t) => {
    const world = await open(t);
    const { client } = await world.pair();
    const unknown = client.io.socket("/unknown");
    const refused = next<[Error]>(unknown, "connect_error");
    unknown.connect();
    assert.equal((await refused)[0].message, "Invalid namespace");
    assert.equal(unknown.active, false);
    assert.equal(client.connected, true);
  });

  it("makes children of a pattern on first use, each with middlewares and handlers", async (t) => {
    const world = await open(t, {
      setup: (io) => {
        io.of(/^\/dynamic-\d+$/)
          .use((socket, proceed) => {
            socket.data.checked = true;
            proceed();
          })
          .on("connection", (socket) => {
            socket.on("where", (done) => done([socket.nsp.name, socket.data.checked]));
          });
      },
    });
    const one = await world.connect("/dynamic-1");
    const two = await world.connect("/dynamic-2");
    assert.deepEqual(await one.emitWithAck("where"), ["/dynamic-1", true]);
    assert.deepEqual(await two.emitWithAck("where"), ["/dynamic-2", true]);
    const main = await world.connect();
    const wrong = main.io.socket("/dynamic-x");
    const refused = next<[Error]>(wrong, "connect_error");
    wrong.connect();
    assert.equal((await refused)[0].message, "Invalid namespace");
  });

  it("asks a function whether a namespace may be made", async (t) => {
    const world = await open(t, {
      setup: (io) => {
        const parent = io.of((name, auth, allow) => {
          allow(null, name === "/open" && (auth as { key?: string }).key === "k");
        });
        parent.on("connection", (socket) => socket.emit("in", socket.nsp.name));
      },
    });
    const client = await world.client("/open", { auth: { key: "k" } });
    const inside = next(client, "in");
    client.connect();
    assert.deepEqual(await inside, ["/open"]);
    const other = await world.client("/open-not", { auth: { key: "k" } });
    const refused = next<[Error]>(other, "connect_error");
    other.connect();
    assert.equal((await refused)[0].message, "Invalid namespace");
  });

  it("two clients of one process share nothing with forceNew", async (t) => {
    const world = await open(t);
    const one = await world.connect();
    const two = await world.connect();
    assert.notEqual(one.io, two.io);
    assert.notEqual(one.id, two.id);
    await until("the server counts two", () => world.io.engine.clientsCount === 2);
  });
}
