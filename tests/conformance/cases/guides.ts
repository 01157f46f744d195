import { createServer } from "node:http";
import express from "express";
import { section } from "../harness/case.ts";
import { next, roundTrip, until } from "../harness/tools.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerSocket } from "../../src/support/pairing.ts";
import type { World } from "../../src/support/world.ts";

type Go = (error?: Error) => void;
/** A request as the engine's middlewares see it. */
type EngineRequest = IncomingMessage & { _query: Record<string, string>; [more: string]: unknown };
type Middleware = (request: EngineRequest, response: ServerResponse, go: Go) => void;

const use = ({ io }: World, middleware: Middleware): unknown => io.engine.use(middleware);

const isHandshake = (request: EngineRequest): boolean => request._query["sid"] === undefined;

/** What stands on a socket's request. */
const on = (socket: ServerSocket, name: string): unknown =>
  (socket.request as unknown as EngineRequest)[name];

export const guides = section("How-to guides", "how-to/use-with-express-session", {
  "sessions: a middleware that writes on the request": async (it) => {
    const world = await it.open();
    const stored = { visits: 0 };
    use(world, (request, _response, go) => {
      request["session"] = stored;
      request["sessionID"] = "s1";
      stored.visits += 1;
      setImmediate(go);
    });
    const { client, server } = await world.pair();
    server.on("it", (done) => done(on(server, "session"), on(server, "sessionID")));
    const seen = await new Promise((resolve) => {
      client.emit("it", (session: { visits: number }, id: string) =>
        resolve([session.visits > 0, id]),
      );
    });
    return [seen, on(server, "session") === stored];
  },

  "sessions: middlewares that are for the handshake alone": async (it) => {
    const world = await it.open();
    let handshakes = 0;
    use(world, (request, _response, go) => {
      if (isHandshake(request)) {
        handshakes += 1;
        request["user"] = "ann";
      }
      go();
    });
    const { client, server } = await world.pair();
    await roundTrip(client, server);
    return [handshakes, on(server, "user")];
  },

  "sessions: one namespace's middleware reads what the engine's wrote": async (it) => {
    const world = await it.open();
    use(world, (request, _response, go) => {
      request["user"] = "ann";
      go();
    });
    world.io.use((socket, go) => go(on(socket, "user") === "ann" ? undefined : new Error("no")));
    return it.knock(world.url);
  },

  "JWT: a middleware that answers 401": async (it) => {
    const world = await it.open();
    use(world, (request, response, go) => {
      if (!isHandshake(request) || request.headers.authorization === "Bearer good") return go();
      response.writeHead(401, { "x-why": "token" });
      response.end("unauthorized");
    });
    const good = await it.knock(world.url, { extraHeaders: { authorization: "Bearer good" } });
    const bad = await it.knock(world.url);
    const asked = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
    return [good, bad, asked.status, await asked.text(), asked.headers.get("x-why")];
  },

  "a middleware that fails": async (it) => {
    const world = await it.open();
    use(world, (_request, _response, go) => go(new Error("broken")));
    const asked = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
    return [await it.knock(world.url), asked.status, await asked.json()];
  },

  "several middlewares, in order": async (it) => {
    const world = await it.open();
    const seen: number[] = [];
    for (const n of [1, 2, 3]) {
      use(world, (request, response, go) => {
        if (isHandshake(request)) seen.push(n);
        response.setHeader(`x-${n}`, String(n));
        go();
      });
    }
    await world.connect();
    const handshakes = [...seen];
    const asked = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
    return [handshakes, [1, 2, 3].map((n) => asked.headers.get(`x-${n}`))];
  },

  "memory: rawSocket.request = null": async (it) => {
    const world = await it.open();
    world.io.engine.on("connection", (raw: { request: unknown }) => {
      raw.request = null;
    });
    const { client, server } = await world.pair("", { auth: { a: 1 } });
    await roundTrip(client, server);
    const heard = next(server, "disconnect");
    const { auth, address } = server.handshake;
    client.disconnect();
    return [auth, address, (await heard)[0]];
  },

  "cookies: of the client, and set by the server": async (it) => {
    const world = await it.open();
    world.io.engine.on("initial_headers", (headers: Record<string, unknown>) => {
      headers["set-cookie"] = ["uid=1234; SameSite=Strict", "other=2"];
    });
    const { server } = await world.pair("", { extraHeaders: { cookie: "a=1; b=2" } });
    const asked = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
    return [
      server.handshake.headers.cookie,
      server.request.headers.cookie,
      asked.headers.getSetCookie(),
    ];
  },

  "counting clients": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const client = await world.connect();
    await world.beside(client, "/other");
    await world.connect();
    const { io } = world;
    return [
      io.engine.clientsCount,
      io.of("/").sockets.size,
      io.of("/other").sockets.size,
      (await io.fetchSockets()).length,
      io.sockets.sockets.size,
      io.of("/").adapter.sids.size,
    ];
  },

  "Express: io kept on the app, and an emit from a route": async (it) => {
    const app = express();
    const http = createServer(app);
    const io = new it.lib.Server(http);
    it.after(() => io.close());
    app.set("io", io);
    app.get("/tell", (request, response) => {
      (request.app.get("io") as typeof io).emit("told", request.query["what"]);
      response.json({ sent: true });
    });
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const client = it.client(url);
    await next(client, "connect");
    await until("the server knows it", () => io.engine.clientsCount === 1);
    const heard = next(client, "told");
    const answer = await fetch(`${url}/tell?what=this`);
    return [await heard, await answer.json()];
  },

  "handlers in functions of their own, with this": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    function create(this: ServerSocket, order: unknown, done: (answer: unknown) => void): void {
      seen.push([this.id.length, order]);
      done({ status: "created" });
    }
    world.io.on("connection", (socket) => socket.on("order:create", create));
    const client = await world.connect();
    return [await client.emitWithAck("order:create", { n: 1 }), seen];
  },

  "duplicates: a user that connects again sends the first one away": async (it) => {
    const users = new Map<string, ServerSocket>();
    const world = await it.open({
      setup: (io) => {
        io.on("connection", (socket) => {
          const { user } = socket.handshake.auth as { user: string };
          users.get(user)?.disconnect();
          users.set(user, socket);
        });
      },
    });
    const first = await world.connect("", { auth: { user: "ann" } });
    const gone = next(first, "disconnect");
    const second = await world.connect("", { auth: { user: "ann" } });
    return [(await gone)[0], second.connected, first.active];
  },
});
