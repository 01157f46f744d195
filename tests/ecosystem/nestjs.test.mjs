// A NestJS gateway over @nestjs/platform-socket.io, unchanged: npm `overrides` make its exact socket.io ours.
import "reflect-metadata";
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { IoAdapter } from "@nestjs/platform-socket.io";
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
} from "@nestjs/websockets";
import { of } from "rxjs";
import { hawserServer } from "./support/alias.mjs";
import { World, next, until } from "./support/world.mjs";

const { Namespace, Server, Socket } = hawserServer("@nestjs/platform-socket.io");

/** What a decorator in front of a method does, without a compiler. */
function decorate(Class, method, decorators, parameters = []) {
  parameters.forEach((decorator, at) => decorator(Class.prototype, method, at));
  const descriptor = Object.getOwnPropertyDescriptor(Class.prototype, method);
  for (const decorator of decorators) decorator(Class.prototype, method, descriptor);
}

class Chat {
  events = [];
  afterInit(server) {
    this.events.push(["init", server instanceof Namespace || server instanceof Server]);
  }
  handleConnection(socket) {
    this.events.push(["connection", socket instanceof Socket]);
  }
  handleDisconnect(socket) {
    this.events.push(["disconnect", socket.id]);
  }
  answer(text) {
    return { event: "answer", data: `${text}!` };
  }
  acknowledge(text) {
    return `${text} heard`;
  }
  stream() {
    return of({ event: "number", data: 1 }, { event: "number", data: 2 });
  }
  join(room, socket) {
    socket.join(room);
    this.server.to(room).emit("joined", socket.id);
  }
  refuse() {
    throw new WsException("no");
  }
}
WebSocketServer()(Chat.prototype, "server");
decorate(Chat, "answer", [SubscribeMessage("ask")], [MessageBody()]);
decorate(Chat, "acknowledge", [SubscribeMessage("tell")], [MessageBody()]);
decorate(Chat, "stream", [SubscribeMessage("numbers")]);
decorate(Chat, "join", [SubscribeMessage("join")], [MessageBody(), ConnectedSocket()]);
decorate(Chat, "refuse", [SubscribeMessage("refuse")]);
WebSocketGateway(0, { namespace: "/chat", transports: ["websocket", "polling"] })(Chat);

// oxlint-disable-next-line typescript/no-extraneous-class -- a module of Nest is one
class App {}
Module({ providers: [Chat] })(App);

describe("@nestjs/platform-socket.io", () => {
  const world = new World();
  let chat, port, client;
  before(async () => {
    const app = await NestFactory.create(App, { logger: ["error"] });
    app.useWebSocketAdapter(new IoAdapter(app));
    world.onEnd(() => app.close());
    await app.listen(0, "127.0.0.1");
    chat = app.get(Chat);
    ({ port } = app.getHttpServer().address());
    client = await world.client(port, { namespace: "/chat" });
  });
  after(() => world.end());

  it("gives the gateway our classes", async () => {
    await until("the gateway knows of the connection", () => chat.events.length === 2);
    assert.deepEqual(chat.events, [
      ["init", true],
      ["connection", true],
    ]);
    assert.ok(chat.server instanceof Namespace);
  });

  it("sends what a handler returns, as an event, an acknowledgement, or a stream", async () => {
    const answer = next(client, "answer");
    client.emit("ask", "well");
    assert.deepEqual(await answer, ["well!"]);
    assert.equal(await client.emitWithAck("tell", "this"), "this heard");
    const numbers = [];
    client.on("number", (n) => numbers.push(n));
    client.emit("numbers");
    await until("both numbers have come", () => numbers.length === 2);
    assert.deepEqual(numbers, [1, 2]);
  });

  it("reaches rooms through the injected server", async () => {
    const joined = next(client, "joined");
    client.emit("join", "room");
    assert.deepEqual(await joined, [client.id]);
  });

  it("sends exceptions as Nest does", async () => {
    const exception = next(client, "exception");
    client.emit("refuse", { what: 1 });
    const [error] = await exception;
    assert.equal(error.status, "error");
    assert.equal(error.message, "no");
  });

  it("tells the gateway of disconnections", async () => {
    const other = await world.client(port, { namespace: "/chat", transports: ["polling"] });
    const { id } = other;
    other.disconnect();
    await until("it is told", () =>
      chat.events.some(([what, who]) => what === "disconnect" && who === id),
    );
  });
});
