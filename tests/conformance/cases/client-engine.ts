import { section } from "../harness/case.ts";
import { next, sorted, until } from "../harness/tools.ts";
import { connectTo } from "./client-tools.ts";

// Not in npm's types, and yet what people look at.
const idOf = (engine: object): unknown => (engine as { id?: string }).id;

export const clientEngine = section("Client: the engine", "client-api/#engine", {
  "its members before, while and after": async (it) => {
    const world = await it.open();
    const client = await world.client();
    const before = client.io.engine;
    client.connect();
    const { engine } = client.io;
    const opening = [engine.readyState, idOf(engine), engine.transport.name, engine.binaryType];
    await next(client, "connect");
    await world.settled(client);
    const sid = idOf(world.serverSide(client)!.conn);
    const open = [
      engine.readyState,
      idOf(engine) === sid,
      engine.transport.name,
      engine.transport.writable,
      [...engine.writeBuffer],
      Object.keys(engine.transport.query).includes("sid"),
    ];
    client.disconnect();
    await until("it is closed", () => engine.readyState === "closed");
    return [before, opening, open, engine.writeBuffer];
  },

  "a new one for every connection": async (it) => {
    const world = await it.open();
    const client = await world.connect();
    const { engine } = client.io;
    const again = next(client, "connect");
    engine.close();
    await again;
    return client.io.engine === engine;
  },

  "binaryType, set after the first transport was made": async (it) => {
    const world = await it.open();
    world.io.on("connection", (socket) => {
      socket.on("ask", (done) => done({ bytes: Buffer.from([1, 2, 3]) }));
    });
    const client = await world.client();
    client.connect();
    client.io.engine.binaryType = "arraybuffer";
    await next(client, "connect");
    await world.settled(client);
    return client.emitWithAck("ask");
  },

  "open and close": async (it) => {
    const world = await it.open();
    const client = await world.client();
    client.connect();
    const seen: unknown[] = [];
    const { engine } = client.io;
    engine.on("open", () => seen.push("open"));
    engine.on("handshake", (data) => seen.push(Object.keys(data).toSorted()));
    engine.on("close", (reason) => seen.push(["close", reason, engine.readyState]));
    await next(client, "connect");
    await world.settled(client);
    const closed = next(engine, "close");
    client.disconnect();
    await closed;
    return seen;
  },

  "packet and packetCreate": {
    modes: ["websocket", "polling"],
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      server.on("ask", (value, done) => done(value));
      const { engine } = client.io;
      const seen: unknown[] = [];
      engine.on("packetCreate", ({ type, data }) => {
        if (type === "message") seen.push(["out", type, data]);
      });
      engine.on("packet", ({ type, data }) => {
        if (type === "message") seen.push(["in", type, data]);
      });
      await client.emitWithAck("ask", Buffer.from("abc"));
      await client.emitWithAck("ask", "text");
      return seen;
    },
  },

  compress: async (it) => {
    const world = await it.open();
    const { client } = await world.pair();
    const seen: unknown[] = [];
    client.io.engine.on("packetCreate", (packet) => {
      if (packet.type === "message") seen.push([packet.data, packet.options]);
    });
    client.emit("a");
    client.compress(false).emit("b");
    client.compress(true).emit("c");
    client.emit("d");
    return seen;
  },

  "upgrading and upgrade": {
    modes: ["polling upgraded"],
    run: async (it) => {
      const world = await it.open();
      const client = await world.client();
      client.connect();
      const { engine } = client.io;
      const first = engine.transport.name;
      const seen: unknown[] = [];
      engine.on("upgrading", (transport) => seen.push(["upgrading", transport.name]));
      engine.once("upgrade", (transport) => {
        seen.push(["upgrade", transport.name, engine.transport === transport]);
      });
      await next(engine, "upgrade");
      return [first, seen, engine.transport.name];
    },
  },

  "upgradeError, and it stays where it is": {
    modes: ["polling upgraded"],
    run: async (it) => {
      const world = await it.open();
      world.http.prependListener("upgrade", (_request, socket) => socket.destroy());
      const client = await world.client();
      client.connect();
      const failed = next<[Error]>(client.io.engine, "upgradeError");
      await next(client, "connect");
      const [error] = await failed;
      return [error.message.slice(0, 11), client.io.engine.transport.name, client.connected];
    },
  },

  "drain, ping and heartbeat": async (it) => {
    const world = await it.open({ options: { pingInterval: 30 } });
    const client = await world.connect();
    const { engine } = client.io;
    await Promise.all([next(engine, "ping"), next(engine, "pong"), next(engine, "heartbeat")]);
    const drained = next(engine, "drain");
    client.emit("x");
    await drained;
    return engine.writeBuffer;
  },

  "message and data": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    client.io.engine.on("data", (data) => seen.push(["data", data]));
    client.io.engine.on("message", (data) => seen.push(["message", data]));
    client.on("e", () => seen.push("e"));
    const got = next(client, "e");
    server.emit("e", 1);
    await got;
    await until("the message is told", () => seen.length === 3);
    // Hawser hands the message over before it tells who listens to the engine.
    return sorted(seen.map((each) => (Array.isArray(each) ? (each[0] as string) : "e")));
  },

  rememberUpgrade: {
    // One memory for all clients of the process.
    alone: true,
    modes: ["polling upgraded"],
    run: async (it) => {
      const world = await it.open();
      const client = await world.connect("", { rememberUpgrade: true });
      const first = new Promise((resolve) => {
        for (const event of ["request", "upgrade"]) {
          world.http.once(event, ({ url }: { url: string }) => {
            resolve(new URLSearchParams(url).get("transport"));
          });
        }
      });
      const again = next(client, "connect");
      client.io.engine.close();
      await again;
      return first;
    },
  },

  "upgrade: false": {
    modes: ["polling upgraded"],
    run: async (it) => {
      const world = await it.open();
      const client = connectTo(it, world.url, { upgrade: false });
      const upgrades: string[] = [];
      world.http.on("upgrade", () => upgrades.push("asked"));
      await next(client, "connect");
      await client
        .timeout(20)
        .emitWithAck("nobody")
        .catch(() => undefined);
      return [upgrades, client.io.engine.transport.name];
    },
  },

  tryAllTransports: {
    modes: ["polling"],
    run: async (it) => {
      const world = await it.open({ options: { transports: ["polling"] } });
      const options = { transports: ["websocket", "polling"], reconnection: false };
      const all = connectTo(it, world.url, { ...options, tryAllTransports: true });
      await next(all, "connect");
      const one = connectTo(it, world.url, options);
      const [error] = await next<[Error]>(one, "connect_error");
      return [all.io.engine.transport.name, error.message];
    },
  },
});
