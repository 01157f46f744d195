// @socket.io/admin-ui, unchanged: what `instrument` tells its page, and what the page may do.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { instrument } from "@socket.io/admin-ui";
import bcrypt from "bcryptjs";
import { io as originalIo } from "original-client";
import { hawserServer } from "./support/alias.mjs";
import { World, next, portOf, until } from "./support/world.mjs";

const { Server } = hawserServer();

describe("@socket.io/admin-ui", () => {
  const world = new World();
  let io, admin, client;
  const told = [];
  const sockets = new Map();
  before(async () => {
    io = await world.server(Server);
    instrument(io, { auth: false, mode: "development" });
    client = await world.client(io, { transports: ["websocket"] });
    admin = originalIo(`http://127.0.0.1:${portOf(io)}/admin`, { forceNew: true });
    world.onEnd(() => admin.disconnect());
    admin.onAny((...args) => told.push(args));
    admin.on("all_sockets", (all) => all.forEach((socket) => sockets.set(socket.id, socket)));
    await until("the page knows the sockets", () => sockets.size === 2);
  });
  after(() => world.end());
  const heard = (event) => until(event, () => told.find(([name]) => name === event));

  it("tells what it can do, and shows the sockets", async () => {
    const [, { supportedFeatures }] = await heard("config");
    for (const feature of ["EMIT", "MJOIN", "MLEAVE", "MDISCONNECT", "ALL_EVENTS"]) {
      assert.ok(supportedFeatures.includes(feature), feature);
    }
    const shown = sockets.get(client.id);
    assert.equal(shown.nsp, "/");
    assert.equal(shown.transport, "websocket");
    assert.equal(shown.clientId.length, 12);
    assert.deepEqual(shown.rooms, [client.id]);
    assert.equal(shown.handshake.address, "127.0.0.1");
  });

  it("tells statistics of the lines, with packets and bytes", async () => {
    const [, stats] = await until("figures", () =>
      told.find(([name, it]) => name === "server_stats" && it.aggregatedEvents.length > 0),
    );
    assert.equal(stats.clientsCount, 2);
    assert.deepEqual(
      stats.namespaces.toSorted((a, b) => a.name.localeCompare(b.name)),
      [
        { name: "/", socketsCount: 1 },
        { name: "/admin", socketsCount: 1 },
      ],
    );
    const types = new Set(stats.aggregatedEvents.map(({ type }) => type));
    for (const type of ["packetsIn", "packetsOut", "bytesIn", "bytesOut"]) {
      assert.ok(types.has(type), type);
    }
  });

  it("follows connections, events and rooms as they happen", async () => {
    const other = await world.client(io);
    await until("the connection", () =>
      told.some(([name, socket]) => name === "socket_connected" && socket.id === other.id),
    );
    client.emit("to the server", 1);
    const [, , , received] = await heard("event_received");
    assert.deepEqual(received, ["to the server", 1]);
    io.sockets.sockets.get(client.id).emit("to the client", 2);
    const [, , , sent] = await heard("event_sent");
    assert.deepEqual(sent, ["to the client", 2]);
    other.disconnect();
    await heard("socket_disconnected");
  });

  it("lets the page act: emit, join, leave, disconnect", async () => {
    const message = next(client, "from the page");
    admin.emit("emit", "/", client.id, "from the page", 1);
    assert.deepEqual(await message, [1]);
    admin.emit("join", "/", "room", client.id);
    await heard("room_joined");
    await until("it has joined", () => io.sockets.adapter.rooms.has("room"));
    admin.emit("leave", "/", "room", client.id);
    await until("it has left", () => !io.sockets.adapter.rooms.has("room"));
    const gone = next(client, "disconnect");
    admin.emit("_disconnect", "/", false, client.id);
    assert.equal((await gone)[0], "io server disconnect");
  });
});

describe("@socket.io/admin-ui with a password", () => {
  const world = new World();
  after(() => world.end());

  it("lets in who knows it, gives a session, and refuses others", async () => {
    const io = await world.server(Server);
    instrument(io, {
      auth: { type: "basic", username: "admin", password: bcrypt.hashSync("secret", 4) },
    });
    const ask = (auth) => {
      const socket = originalIo(`http://127.0.0.1:${portOf(io)}/admin`, { forceNew: true, auth });
      world.onEnd(() => socket.disconnect());
      return socket;
    };
    const [error] = await next(ask({ username: "admin", password: "wrong" }), "connect_error");
    assert.equal(error.message, "invalid credentials");
    const [sessionId] = await next(ask({ username: "admin", password: "secret" }), "session");
    assert.match(sessionId, /^[0-9a-f]{16}$/);
    await next(ask({ sessionId }), "connect");
  });
});
