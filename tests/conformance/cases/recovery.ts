import { section } from "../harness/case.ts";
import { next, until } from "../harness/tools.ts";
import type { Stage } from "../harness/stage.ts";
import type { ClientSocket, ServerOptions, ServerSocket } from "../../src/support/pairing.ts";
import type { World } from "../../src/support/world.ts";

interface Scene {
  world: World;
  client: ClientSocket;
  /** The server's sockets of this client, as they came. */
  sockets: ServerSocket[];
  /** What the client heard. */
  heard: unknown[];
}

async function scene(it: Stage, options: Partial<ServerOptions> = {}): Promise<Scene> {
  const sockets: ServerSocket[] = [];
  const world = await it.open({
    options: { connectionStateRecovery: {}, ...options },
    setup: (io) => io.on("connection", (socket) => sockets.push(socket)),
  });
  const heard: unknown[] = [];
  const client = await world.client();
  client.onAny((...args: unknown[]) => heard.push(args));
  const connected = next(client, "connect");
  client.connect();
  await connected;
  await world.settled(client);
  return { world, client, sockets, heard };
}

/** Breaks the line; `meanwhile` runs while the client is away. */
async function breakLine(
  { world, client, sockets }: Scene,
  meanwhile: () => void = () => undefined,
): Promise<void> {
  const gone = next(sockets.at(-1)!, "disconnect");
  const back = next(client, "connect");
  client.io.engine.close();
  await gone;
  meanwhile();
  await back;
  await world.settled(client);
}

/** Offsets are strings of nobody's business, at the end; the application's own stand before them. */
function withoutOffset(args: unknown): unknown {
  const [name, ...others] = args as unknown[];
  return [
    name,
    ...others.map((each, at) =>
      typeof each === "string" && at === others.length - 1 ? "<offset>" : each,
    ),
  ];
}

export const recovery = section("Connection state recovery", "connection-state-recovery/", {
  "off by default": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const before = [client.recovered || false, server.recovered];
    const back = next(client, "connect");
    client.io.engine.close();
    await back;
    return [before, client.recovered || false, world.serverSide(client)?.recovered];
  },

  "id, rooms, data, and what was missed, in order": async (it) => {
    const stage = await scene(it);
    const { world, client, sockets, heard } = stage;
    const { io } = world;
    const id = client.id!;
    await sockets[0]!.join("room");
    sockets[0]!.data = { name: "ann" };
    io.emit("first", 1);
    await until("the first has come", () => heard.length === 1);
    await breakLine(stage, () => {
      io.emit("all", 2, Buffer.from([2]));
      io.to("room").emit("room", 3);
      io.to("elsewhere").emit("never");
      io.to(id).emit("own", { n: 4 });
      io.except("room").emit("never");
    });
    await until("the others have come", () => heard.length === 4);
    const server = sockets.at(-1)!;
    return {
      heard: heard.map(withoutOffset),
      recovered: [client.recovered, server.recovered],
      same: [client.id === id, server.id === id, sockets.length],
      data: server.data as unknown,
      rooms: [...server.rooms].map((room) => (room === id ? "own" : room)),
    };
  },

  "what a client hears has an offset as its last argument": async (it) => {
    const stage = await scene(it);
    const { world, client, sockets, heard } = stage;
    world.io.emit("all", 1);
    sockets[0]!.emit("own", "text");
    sockets[0]!.broadcast.emit("others");
    client.on("asked", (...args: unknown[]) => (args.at(-1) as () => void)());
    await sockets[0]!.emitWithAck("asked", 2);
    return heard.map(withoutOffset);
  },

  "middlewares are skipped by default": async (it) => {
    const stage = await scene(it);
    const { world, client, heard } = stage;
    let asked = 0;
    world.io.use((_socket, go) => {
      asked += 1;
      go();
    });
    world.io.emit("first");
    await until("it has come", () => heard.length === 1);
    await breakLine(stage);
    return [client.recovered, asked];
  },

  "skipMiddlewares: false": async (it) => {
    const stage = await scene(it, { connectionStateRecovery: { skipMiddlewares: false } });
    const { world, client, heard } = stage;
    let asked = 0;
    world.io.use((socket, go) => {
      asked += 1;
      socket.data.asked = socket.recovered;
      go();
    });
    world.io.emit("first");
    await until("it has come", () => heard.length === 1);
    await breakLine(stage);
    return [client.recovered, asked, stage.sockets.at(-1)!.data as unknown];
  },

  "not after the time is over": async (it) => {
    const stage = await scene(it, { connectionStateRecovery: { maxDisconnectionDuration: 1 } });
    const { world, client, sockets, heard } = stage;
    world.io.emit("first");
    await until("it has come", () => heard.length === 1);
    const id = client.id;
    client.io.reconnectionDelay(80);
    client.io.reconnectionDelayMax(100);
    await breakLine(stage, () => world.io.emit("missed"));
    return [client.recovered, sockets.at(-1)!.recovered, client.id === id, heard.length];
  },

  "not after either side has disconnected on purpose": async (it) => {
    const stage = await scene(it);
    const { world, client, sockets, heard } = stage;
    world.io.emit("first");
    await until("it has come", () => heard.length === 1);
    const seen: unknown[] = [];
    for (const leave of [() => client.disconnect(), () => sockets.at(-1)!.disconnect()]) {
      const gone = next(client, "disconnect");
      leave();
      await gone;
      const back = next(client, "connect");
      client.connect();
      await back;
      await until("the server knows it", () => sockets.at(-1)!.id === client.id);
      seen.push([client.recovered, sockets.at(-1)!.recovered]);
    }
    return seen;
  },

  "auth of a client that comes back": async (it) => {
    const stage = await scene(it);
    const { world, client, sockets, heard } = stage;
    client.auth = { token: "t" };
    world.io.emit("first");
    await until("it has come", () => heard.length === 1);
    await breakLine(stage);
    return [client.recovered, sockets.at(-1)!.handshake.auth["token"]];
  },

  "the secret of the session in the handshake of a client that comes back": {
    run: async (it) => {
      const stage = await scene(it);
      const { world, client, sockets, heard } = stage;
      world.io.emit("first");
      await until("it has come", () => heard.length === 1);
      await breakLine(stage);
      return [client.recovered, Object.keys(sockets.at(-1)!.handshake.auth).toSorted()];
    },
    differs: {
      what: "`handshake.auth` of a client that recovers",
      socketIo: "holds `pid` and `offset`, with which anybody could go on in its place",
      hawser: "holds what the application's client sent",
      why: "handshakes are logged, and shown to other nodes",
      expected: { server: [true, []], both: [true, []] },
    },
  },

  "each namespace for itself": async (it) => {
    const stage = await scene(it);
    const { world, client, heard } = stage;
    world.io.of("/other");
    const other = await world.beside(client, "/other");
    const there: unknown[] = [];
    other.onAny((name: unknown) => there.push(name));
    world.io.emit("first");
    world.io.of("/other").emit("first");
    await until("both have come", () => heard.length === 1 && there.length === 1);
    const back = next(other, "connect");
    await breakLine(stage, () => world.io.of("/other").emit("missed"));
    await back;
    await until("it has come", () => there.length === 2);
    return [client.recovered, other.recovered, there];
  },

  "before any event was received": {
    run: async (it) => {
      const stage = await scene(it);
      const id = stage.client.id;
      await breakLine(stage, () => stage.world.io.emit("missed"));
      stage.world.io.emit("end");
      await until("the end has come", () =>
        stage.heard.some((args) => (args as unknown[])[0] === "end"),
      );
      return {
        recovered: stage.client.recovered,
        same: stage.client.id === id,
        heard: stage.heard.map((args) => (args as unknown[])[0]),
      };
    },
    differs: {
      what: "recovery before any event was received",
      socketIo: "fails: the client has no offset yet, and what it missed is lost",
      hawser: "recovers, and what was missed is sent",
      why: "a client without an offset has missed everything since it came",
      expected: {
        server: { recovered: true, same: true, heard: ["missed", "end"] },
        both: { recovered: true, same: true, heard: ["missed", "end"] },
      },
    },
  },

  "a volatile event is not replayed": async (it) => {
    const stage = await scene(it);
    const { world, client, heard } = stage;
    world.io.emit("first");
    await until("it has come", () => heard.length === 1);
    await breakLine(stage, () => {
      world.io.volatile.emit("volatile");
      world.io.emit("missed");
    });
    await until("it has come", () => heard.length === 2);
    return [client.recovered, heard.map((args) => (args as unknown[])[0])];
  },

  "acknowledged broadcasts are not replayed": async (it) => {
    const stage = await scene(it);
    const { world, client, heard } = stage;
    world.io.emit("first");
    await until("it has come", () => heard.length === 1);
    await breakLine(stage, () => {
      world.io.timeout(10).emit("asked", () => undefined);
      world.io.emit("missed");
    });
    await until("it has come", () => heard.length === 2);
    return [client.recovered, heard.map((args) => (args as unknown[])[0])];
  },
});
