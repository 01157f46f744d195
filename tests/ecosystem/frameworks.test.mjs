// Frameworks that make the server themselves: FeathersJS, Koa with koa-socket-2, Fastify with fastify-socket.io.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { after, describe, it } from "node:test";
import { hawserServer } from "./support/alias.mjs";
import { World, next } from "./support/world.mjs";

const require = createRequire(import.meta.url);

describe("FeathersJS", () => {
  const world = new World();
  after(() => world.end());

  it("serves methods and events of a service", async () => {
    const { Server } = hawserServer("@feathersjs/socketio");
    const { feathers } = require("@feathersjs/feathers");
    const { koa } = require("@feathersjs/koa");
    const socketio = require("@feathersjs/socketio");
    const app = koa(feathers());
    app.configure(
      socketio((io) => {
        assert.ok(io instanceof Server);
        io.use((socket, next) => {
          socket.feathers.user = socket.handshake.auth.user;
          next();
        });
      }),
    );
    const messages = [];
    app.use("messages", {
      find: () => Promise.resolve(messages),
      create(data, params) {
        const message = { ...data, from: params.user, provider: params.provider };
        messages.push(message);
        return Promise.resolve(message);
      },
      remove: () => Promise.reject(new Error("nothing is ever lost")),
    });
    app.on("connection", (connection) => app.channel("everybody").join(connection));
    app.publish(() => app.channel("everybody"));
    const http = await app.listen(0, "127.0.0.1");
    if (!http.listening) await once(http, "listening");
    world.onEnd(() => app.teardown());
    const { port } = http.address();
    const [ann, bob] = [
      await world.client(port, { auth: { user: "ann" } }),
      await world.client(port, { auth: { user: "bob" }, transports: ["websocket"] }),
    ];
    const heard = next(bob, "messages created");
    const call = (client, ...args) =>
      new Promise((resolve) => client.emit(...args, (...answer) => resolve(answer)));
    const made = { text: "hello", from: "ann", provider: "socketio" };
    assert.deepEqual(await call(ann, "create", "messages", { text: "hello" }), [null, made]);
    assert.deepEqual((await heard)[0], made);
    assert.deepEqual(await call(bob, "find", "messages", {}), [null, [made]]);
    const [error] = await call(bob, "remove", "messages", 1, {});
    assert.equal(error.message, "nothing is ever lost");
  });
});

describe("koa-socket-2", () => {
  const world = new World();
  after(() => world.end());

  it("serves events with middlewares, in two namespaces", async () => {
    hawserServer("koa-socket-2");
    const Koa = require("koa");
    const IO = require("koa-socket-2");
    const app = new Koa();
    const [io, chat] = [new IO(), new IO({ namespace: "chat" })];
    io.attach(app);
    chat.attach(app);
    io.use(async (context, go) => {
      context.data = `${context.data}, seen`;
      await go();
    });
    io.on("message", (context, data) => context.socket.emit("answer", data, context.data));
    chat.on("message", (context) => app.chat.broadcast("said", context.data));
    const http = app.listen(0, "127.0.0.1");
    await once(http, "listening");
    world.onEnd(() => app.io.socket?.close?.() ?? http.close());
    const { port } = http.address();
    const client = await world.client(port);
    const answer = next(client, "answer");
    client.emit("message", "hello");
    assert.deepEqual(await answer, ["hello", "hello, seen"]);
    const other = await world.client(port, { namespace: "/chat" });
    const said = next(other, "said");
    other.emit("message", "to all");
    assert.deepEqual(await said, ["to all"]);
  });
});

describe("fastify-socket.io", () => {
  const world = new World();
  after(() => world.end());

  it("decorates an app with a server, and ends with it", async () => {
    const { Server } = hawserServer("fastify-socket.io");
    const app = require("fastify")();
    await app.register(require("fastify-socket.io"), { cors: { origin: "*" } });
    app.get("/", () => ({ sockets: app.io.of("/").sockets.size }));
    await app.ready();
    assert.ok(app.io instanceof Server);
    app.io.on("connection", (socket) => socket.on("echo", (value, done) => done(value)));
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address();
    const client = await world.client(port);
    assert.equal(await client.emitWithAck("echo", "hello"), "hello");
    const page = await fetch(`http://127.0.0.1:${port}/`);
    assert.deepEqual(await page.json(), { sockets: 1 });
    const gone = next(client, "disconnect");
    await app.close();
    assert.equal((await gone).length, 2);
  });
});
