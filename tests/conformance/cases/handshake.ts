import { section } from "../harness/case.ts";
import { next, until } from "../harness/tools.ts";
import type { ServerSocket } from "../../src/support/pairing.ts";

/** The connection's id is private in npm's types, and in its documentation it is not. */
const connOf = (socket: ServerSocket): { id: string } => socket.conn as unknown as { id: string };

export const handshake = section("Handshake and auth", "server-socket-instance/#sockethandshake", {
  "what it is made of": async (it) => {
    const world = await it.open();
    const before = Date.now();
    const { server } = await world.pair("", { auth: { token: "t" } });
    const { handshake: seen } = server;
    return {
      keys: Object.keys(seen).toSorted(),
      address: seen.address,
      xdomain: seen.xdomain,
      secure: seen.secure,
      auth: seen.auth,
      issued: seen.issued >= before - 1_000 && seen.issued <= Date.now(),
      time: Math.abs(Date.parse(seen.time) - Date.now()) < 60_000,
      timeType: typeof seen.time,
      url: seen.url.replace(/\bt=[\w.-]+/, "t=…"),
      query: { ...seen.query, t: typeof seen.query["t"] },
      host: seen.headers.host,
      same: server.handshake === seen,
    };
  },

  "auth, query and headers of the client": async (it) => {
    const world = await it.open();
    const { server } = await world.pair("", {
      auth: { token: "grün", nested: { n: 1 } },
      query: { room: "a&b=c", empty: "", "ü x": "é" },
      extraHeaders: { "x-hello": "there", authorization: "Bearer x" },
    });
    const { auth, query, headers } = server.handshake;
    return {
      auth,
      query: [query["room"], query["empty"], query["ü x"], query["EIO"], query["transport"]],
      headers: [headers["x-hello"], headers.authorization],
      request: [server.request.headers["x-hello"], server.request.url?.startsWith("/socket.io/")],
    };
  },

  "auth as a function, late": async (it) => {
    const world = await it.open();
    const { server } = await world.pair("", {
      auth: (give) => setImmediate(() => give({ token: "late" })),
    });
    return server.handshake.auth;
  },

  "auth of many shapes": async (it) => {
    const world = await it.open();
    const seen = [];
    for (const auth of [
      {},
      { a: undefined },
      { list: [1, { b: null }] },
      { __proto__: null, c: 1 },
    ]) {
      const { server } = await world.pair("", { auth });
      seen.push(server.handshake.auth);
    }
    return seen;
  },

  "auth per namespace": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair("", { auth: { for: "main" } });
    const other = client.io.socket("/other", { auth: { for: "other" } });
    const connected = next(other, "connect");
    other.connect();
    await connected;
    return [server.handshake.auth, world.serverSide(other, "/other")?.handshake.auth];
  },

  "auth that is changed before the next attempt": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { auth: { n: 1 } });
    const first = server.handshake.auth;
    client.disconnect();
    (client.auth as { n: number }).n = 2;
    const connected = next(client, "connect");
    client.connect();
    await connected;
    return [first, world.serverSide(client)?.handshake.auth];
  },

  "the handshake may be written on by a middleware": async (it) => {
    const world = await it.open({
      setup: (io) => {
        io.use((socket, go) => {
          (socket.handshake as unknown as Record<string, unknown>)["user"] = "ann";
          socket.handshake.auth["checked"] = true;
          (socket.request as unknown as Record<string, unknown>)["user"] = "request's";
          go();
        });
      },
    });
    const { server } = await world.pair();
    return [
      (server.handshake as unknown as Record<string, unknown>)["user"],
      server.handshake.auth["checked"],
      (server.request as unknown as Record<string, unknown>)["user"],
    ];
  },

  "request: the first of the line, the same for all namespaces": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const { request } = server;
    const there = world.serverSide(other, "/other")!;
    const query = (request as unknown as { _query?: Record<string, unknown> })._query;
    return {
      same: [
        request === there.request,
        request === server.client.request,
        request === server.conn.request,
      ],
      method: request.method,
      url: request.url?.split("?", 1)[0],
      query: [query?.["EIO"], query?.["transport"]],
      host: request.headers.host,
      remote: server.conn.remoteAddress,
      connection: typeof request.connection?.remoteAddress,
    };
  },

  "xdomain with cors": async (it) => {
    const world = await it.open({ options: { cors: { origin: "http://page.example" } } });
    const { server } = await world.pair("", {
      extraHeaders: { origin: "http://page.example" },
    });
    return [server.handshake.xdomain, server.handshake.headers.origin];
  },

  "ids are the client's, too": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client, server } = await world.pair();
    const other = await world.beside(client, "/other");
    const there = world.serverSide(other, "/other")!;
    const ids = [server.id, there.id, connOf(server).id];
    return {
      same: [client.id === server.id, other.id === there.id, client.io.engine.id === ids[2]],
      lengths: ids.map((id) => id?.length),
      distinct: new Set(ids).size,
      own: typeof server.client.conn,
    };
  },

  "the handshake stays after the line has gone": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { auth: { a: 1 } });
    const gone = next(server, "disconnect");
    client.disconnect();
    await gone;
    await until("the line is let go", () => world.io.engine.clientsCount === 0);
    return [
      server.handshake.auth,
      server.handshake.query["EIO"],
      server.handshake.address,
      server.request.method,
      server.id === "" || server.id.length,
    ];
  },

  allowRequest: async (it) => {
    const asked: unknown[] = [];
    const world = await it.open({
      options: {
        allowRequest: (request, decide) => {
          asked.push(typeof request.url, request.headers["x-key"]);
          decide(null, request.headers["x-key"] === "k");
        },
      },
    });
    const yes = await it.knock(world.url, { extraHeaders: { "x-key": "k" } });
    return [yes, new Set(asked)];
  },

  "allowRequest that refuses: status and body": {
    of: "server",
    modes: ["polling"],
    run: async (it) => {
      const world = await it.open({
        options: { allowRequest: (_request, decide) => decide("go away", false) },
      });
      const answer = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
      return [answer.status, await answer.json(), answer.headers.get("content-type")];
    },
  },

  cookie: {
    of: "server",
    modes: ["polling"],
    run: async (it) => {
      const seen = [];
      for (const cookie of [
        undefined,
        true,
        false,
        { name: "test", httpOnly: false, path: "/custom" },
        { name: "strict", sameSite: "strict" as const, maxAge: 86_400, secure: true },
      ]) {
        const world = await it.open({ options: cookie === undefined ? {} : { cookie } });
        const answer = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
        const sid = /"sid":"([^"]+)"/.exec(await answer.text())![1]!;
        seen.push(answer.headers.get("set-cookie")?.replace(sid, "<sid>"));
      }
      return seen;
    },
  },
});
