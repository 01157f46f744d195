import { section } from "../harness/case.ts";
import { nextMessage, rawWebSocket } from "../harness/raw.ts";
import { next, outcome, roundTrip, thrown, until } from "../harness/tools.ts";
import type { Case } from "../harness/case.ts";
import type { ServerOptions, ServerSocket } from "../../src/support/pairing.ts";

const raw = (run: Case["run"]): Case => ({ run, of: "server", modes: ["websocket"] });

export const serverOptions = section("Server options", "server-options/", {
  "the defaults that a client sees": raw(async (it) => {
    const world = await it.open();
    const line = await rawWebSocket(world.port);
    it.after(() => line.close());
    const answer = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
    const opening = JSON.parse((await answer.text()).slice(1)) as object;
    return [
      { ...line.opening, sid: line.opening.sid.length },
      { ...opening, sid: "", keys: Object.keys(opening) },
    ];
  }),

  "what can be read from the server": raw(async (it) => {
    const world = await it.open({ options: { pingInterval: 7_000, maxHttpBufferSize: 3e6 } });
    const { io } = world;
    const engine = io.engine.opts as Record<string, unknown>;
    return {
      engine: [
        "pingInterval",
        "pingTimeout",
        "upgradeTimeout",
        "maxHttpBufferSize",
        "transports",
        "allowUpgrades",
        "allowEIO3",
      ].map((name) => [name, engine[name]]),
      methods: [io.connectTimeout(), io.path(), io.serveClient(), typeof io.adapter()],
      opts: [io._opts.pingInterval, io._opts.maxHttpBufferSize],
    };
  }),

  "connectTimeout() sets and gets": raw(async (it) => {
    const io = new it.lib.Server({ connectTimeout: 100 });
    return [io.connectTimeout(), io.connectTimeout(50) === io, io.connectTimeout()];
  }),

  "connectTimeout: a line that joins no namespace is closed": raw(async (it) => {
    const world = await it.open({ options: { connectTimeout: 50 } });
    const line = await rawWebSocket(world.port);
    const [code] = await next(line.socket, "close");
    return [code, line.got];
  }),

  "connectTimeout: one that has joined stays": raw(async (it) => {
    const world = await it.open({ options: { connectTimeout: 60 } });
    const { client, server } = await world.pair();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await roundTrip(client, server);
    return server.connected;
  }),

  "pingInterval and pingTimeout: heartbeats": async (it) => {
    const world = await it.open({ options: { pingInterval: 25, pingTimeout: 2_000 } });
    const { client, server } = await world.pair();
    let beats = 0;
    server.conn.on("heartbeat", () => (beats += 1));
    await until("five heartbeats", () => beats >= 5);
    return [client.connected, server.connected];
  },

  "upgradeTimeout and allowUpgrades: false": async (it) => {
    const world = await it.open({ options: { allowUpgrades: false } });
    const socket = it.client(world.url);
    await next(socket, "connect");
    const server = world.serverSide(socket)!;
    await roundTrip(socket, server);
    await roundTrip(socket, server);
    return server.conn.transport.name === (it.mode === "websocket" ? "websocket" : "polling");
  },

  "transports: what is not offered is refused": async (it) => {
    const seen = [];
    for (const transports of [["polling"], ["websocket"]] as ServerOptions["transports"][]) {
      const world = await it.open({ options: { transports: transports! } });
      seen.push(await it.knock(world.url));
    }
    return seen;
  },

  "maxHttpBufferSize: a message beyond it ends its connection alone": async (it) => {
    const world = await it.open({ options: { maxHttpBufferSize: 10_000 } });
    const { client, server } = await world.pair("", { reconnection: false });
    const bystander = await world.pair();
    const gone = next(server, "disconnect");
    client.emit("big", "x".repeat(20_000));
    const [reason] = await gone;
    await roundTrip(bystander.client, bystander.server);
    return [it.mode === "polling" || reason, bystander.client.connected];
  },

  "maxHttpBufferSize: a message below it passes": async (it) => {
    const world = await it.open({ options: { maxHttpBufferSize: 2e6 } });
    const { client, server } = await world.pair();
    server.on("big", (text: string, done) => done(text.length));
    return client.emitWithAck("big", "x".repeat(1_500_000));
  },

  "perMessageDeflate and httpCompression": async (it) => {
    const world = await it.open({
      options: { perMessageDeflate: { threshold: 10 }, httpCompression: { threshold: 10 } },
    });
    const { client, server } = await world.pair();
    server.on("echo", (value, done) => done(value));
    const text = "hawser ".repeat(1_000);
    const heard = next(client, "to all");
    world.io.compress(true).emit("to all", text);
    return [
      (await client.emitWithAck("echo", text)) === text,
      (await heard)[0] === text,
      await client.emitWithAck("echo", Buffer.alloc(5_000, 7)),
    ];
  },

  "httpCompression: what a client that accepts it gets": raw(async (it) => {
    const world = await it.open({
      options: { httpCompression: { threshold: 10 } },
      setup: (io) => io.on("connection", (socket) => void socket.emit("x", "y".repeat(2_000))),
    });
    const base = `${world.url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(base)).text();
    const sid = (JSON.parse(opened.slice(1)) as { sid: string }).sid;
    await fetch(`${base}&sid=${sid}`, { method: "POST", body: "40" });
    const seen = [];
    for (let n = 0; n < 2; n += 1) {
      const poll = await fetch(`${base}&sid=${sid}`, { headers: { "accept-encoding": "gzip" } });
      const text = await poll.text();
      seen.push([poll.headers.get("content-encoding"), text.length > 2_000]);
      if (text.length > 2_000) break;
    }
    return seen.at(-1);
  }),

  initialPacket: raw(async (it) => {
    const world = await it.open({ options: { initialPacket: "welcome" } });
    const line = await rawWebSocket(world.port);
    it.after(() => line.close());
    await until("it has come", () => line.got.length > 0);
    return line.got;
  }),

  "path and addTrailingSlash": async (it) => {
    const plain = await it.open({ options: { path: "/rt" } });
    const bare = await it.open({ options: { path: "/rt", addTrailingSlash: false } });
    return [
      await it.knock(plain.url, { path: "/rt" }),
      await it.knock(plain.url, { path: "/rt/" }),
      await it.knock(bare.url, { path: "/rt", addTrailingSlash: false }),
      (await fetch(`${plain.url}/rt/?EIO=4&transport=polling`)).status,
      (await fetch(`${plain.url}/rt/more/?EIO=4&transport=polling`)).status,
      (await fetch(`${bare.url}/rt?EIO=4&transport=polling`)).status,
    ];
  },

  "destroyUpgrade: an upgrade for another path": raw(async (it) => {
    const world = await it.open({ options: { destroyUpgradeTimeout: 50 } });
    const seen = await outcome(rawWebSocket(world.port, "", "/elsewhere/"));
    return [seen, await it.knock(world.url)];
  }),

  "wsEngine: npm ws": raw(async (it) => {
    const { WebSocketServer } = await import("ws");
    const world = await it.open({ options: { wsEngine: WebSocketServer } });
    const { client, server } = await world.pair();
    server.on("echo", (value, done) => done(value));
    return [
      await client.emitWithAck("echo", "text"),
      await client.emitWithAck("echo", Buffer.from([1, 2])),
      server.conn.transport.name,
    ];
  }),

  "adapter: a class, a function": raw(async (it) => {
    const made: string[] = [];
    const Adapter = new it.lib.Server().of("/").adapter.constructor as new (nsp: unknown) => {
      nsp: { name: string };
    };
    class Own extends Adapter {
      constructor(nsp: { name: string }) {
        super(nsp);
        made.push(nsp.name);
      }
    }
    const byClass = new it.lib.Server({ adapter: Own as never });
    byClass.of("/x");
    const byFunction = new it.lib.Server({
      adapter: function make(nsp: { name: string }) {
        made.push(`function ${nsp.name}`);
        return new Own(nsp);
      } as never,
    });
    const later = new it.lib.Server();
    const chained = later.adapter(Own as never) === later;
    return {
      made,
      kinds: [byClass, byFunction, later].map((io) => io.of("/").adapter instanceof Own),
      got: [byClass.adapter() === (Own as never), chained, later.adapter() === (Own as never)],
    };
  }),

  "adapter: an arrow function": {
    ...raw(async (it) => {
      const made: string[] = [];
      const { Server } = it.lib;
      const adapter = (nsp: { name: string }): unknown => {
        made.push(nsp.name);
        return new (new Server().of("/").adapter.constructor as new (nsp: unknown) => unknown)(nsp);
      };
      return thrown(() => new Server({ adapter: adapter as never })) === "nothing was thrown";
    }),
    differs: {
      what: "an adapter given as an arrow function",
      socketIo: "throws",
      hawser: "works",
      why: "the types and the documentation allow a function",
      expected: { server: true },
    },
  },

  "generateId of the engine": async (it) => {
    let count = 0;
    const world = await it.open({
      setup: (io) => {
        io.on("new_namespace", () => undefined);
      },
    });
    world.io.engine.generateId = () => `id-${(count += 1)}`;
    const { client, server } = await world.pair();
    const conn = server.conn as unknown as { id: string };
    return [conn.id, client.io.engine.id === conn.id, server.id === conn.id];
  },

  "an unknown option does no harm": async (it) => {
    const world = await it.open({
      options: { doesNotExist: 1, origins: "*:*", heartbeatInterval: 5 } as never,
    });
    return (await world.pair()).server.connected;
  },
});

export const engineOfServer = section("server.engine", "server-instance/#serverengine", {
  clientsCount: async (it) => {
    const world = await it.open();
    const seen = [world.io.engine.clientsCount];
    const client = await world.connect();
    await world.connect();
    seen.push(world.io.engine.clientsCount);
    client.disconnect();
    await until("one has left", () => world.io.engine.clientsCount === 1);
    return seen;
  },

  "connection, with the connection": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    world.io.engine.on("connection", (conn: { readyState: string; protocol: number }) => {
      seen.push([conn.readyState, conn.protocol]);
    });
    const { server } = await world.pair();
    return [seen, server.conn.protocol, server.conn.readyState];
  },

  "initial_headers and headers": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    world.io.engine.on(
      "initial_headers",
      (headers: Record<string, string>, request: { url: string }) => {
        seen.push(["initial_headers", typeof request.url]);
        headers["x-initial"] = "i";
        headers["set-cookie"] = "mycookie=456";
      },
    );
    world.io.engine.on("headers", (headers: Record<string, string>) => {
      headers["x-each"] = "e";
    });
    await world.connect();
    const answer = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
    return [
      new Set(seen.map((each) => JSON.stringify(each))),
      answer.headers.get("x-initial"),
      answer.headers.get("x-each"),
      answer.headers.get("set-cookie"),
    ];
  },

  connection_error: async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    world.io.engine.on(
      "connection_error",
      ({ req, code, message, context }: Record<string, unknown>) => {
        seen.push([typeof (req as { url: string }).url, code, message, JSON.stringify(context)]);
      },
    );
    const get = async (query: string): Promise<unknown> => {
      const answer = await fetch(`${world.url}/socket.io/?${query}`);
      return [answer.status, await answer.json()];
    };
    const answers = [
      await get("EIO=4&transport=tobi"),
      await get("EIO=4&transport=polling&sid=none"),
      await get("EIO=5&transport=polling"),
      await get("EIO=3&transport=polling"),
      await get("EIO=4"),
      await get("EIO=4&transport=__proto__"),
    ];
    return { seen, answers };
  },

  "use(): middlewares for every request": async (it) => {
    const seen: string[] = [];
    const world = await it.open();
    world.io.engine.use(
      (request: { url: string }, response: { setHeader: Function }, go: () => void) => {
        if (request.url.includes("EIO=4")) seen.push("seen");
        response.setHeader("x-middleware", "m");
        go();
      },
    );
    const client = await world.connect();
    const answer = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`);
    return [client.connected, seen.length > 0, answer.headers.get("x-middleware")];
  },

  "conn: transport, upgrade, packets, close": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    const kinds = new Set<unknown>();
    world.io.on("connection", ({ conn }) => {
      seen.push(["at first", conn.transport.name]);
      conn.once("upgrade", () => seen.push(["upgrade", conn.transport.name]));
      conn.on("packet", ({ type }: { type: string }) => kinds.add(`in ${type}`));
      conn.on("packetCreate", ({ type }: { type: string }) => kinds.add(`out ${type}`));
      conn.on("drain", () => kinds.add("drain"));
      conn.on("close", (reason: string) => seen.push(["close", reason]));
    });
    const { client, server } = await world.pair();
    client.emit("up", 1);
    server.emit("down", 2);
    await roundTrip(client, server);
    const gone = next(server.conn, "close");
    client.disconnect();
    await gone;
    return [seen, kinds.has("in message"), kinds.has("out message"), kinds.has("drain")];
  },

  "members of the engine": async (it) => {
    const world = await it.open();
    const client = await world.connect();
    const engine = world.io.engine as unknown as Record<string, unknown>;
    const names =
      "opts clients clientsCount generateId use close attach handleRequest handleUpgrade upgrades on once emit";
    const clients = engine["clients"] as Record<string, { id: string }>;
    return [
      names.split(" ").map((name) => [name, typeof engine[name]]),
      Object.keys(clients).length,
      clients[client.io.engine.id ?? ""]?.id === client.io.engine.id,
    ];
  },

  "conn: members": async (it) => {
    const world = await it.open();
    const { server } = await world.pair();
    const conn = server.conn as unknown as Record<string, unknown>;
    return [
      "id",
      "readyState",
      "protocol",
      "remoteAddress",
      "upgraded",
      "upgrading",
      "transport",
      "request",
      "server",
      "send",
      "write",
      "close",
      "on",
      "once",
    ].map((name) => [name, typeof conn[name]]);
  },

  "conn.send: what a client that listens to packets sees": async (it) => {
    const world = await it.open();
    const line = await rawWebSocket(world.port);
    it.after(() => line.close());
    line.send("40");
    const [socket] = await next<[ServerSocket]>(world.io, "connection");
    await nextMessage(line);
    const later = nextMessage(line);
    socket.conn.send('2["hello"]');
    return later;
  },
});
