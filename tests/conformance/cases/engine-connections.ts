import { section } from "../harness/case.ts";
import { collect, next, thrown, until } from "../harness/tools.ts";
import { EngineWorld, closeOf, engineCase, once } from "./engine-stage.ts";

const page = "server-options/#low-level-engine-options";

export const engineConnections = section("Engine.IO alone: connections", page, {
  "what a connection tells about itself": engineCase(async (it) => {
    const { engine, pair } = await opened(it);
    const { client, socket } = await pair({ query: { token: "t" } });
    const { readyState, protocol, remoteAddress, upgraded, request, transport } = socket;
    const { id, server } = socket as unknown as { id: string; server: unknown };
    return {
      readyState,
      protocol,
      remoteAddress,
      upgraded,
      same: [id === client.id, engine.clientsCount],
      request: [request.method, new URL(request.url!, "http://x").searchParams.get("token")],
      query: (request as typeof request & { _query: Record<string, string> })._query["token"],
      transport: [transport.name, transport.writable],
      clients: Object.keys((engine as unknown as { clients: object }).clients),
      server: server === engine,
    };
  }),

  "messages both ways, in order, text and binary": engineCase(async (it) => {
    const { pair } = await opened(it);
    const { client, socket } = await pair();
    client.binaryType = "arraybuffer";
    const here = collect(socket, "message", 5);
    const there = collect(client, "message", 5);
    const bytes = Buffer.from([0, 1, 254, 255]);
    const messages = ["a", "grüße 漢 🚢", bytes, "4", bytes.subarray(1, 3)];
    for (const message of messages) {
      client.send(message);
      socket.send(message);
    }
    return { here: await here, there: await there };
  }),

  "an empty message": {
    ...engineCase(async (it) => {
      const { pair } = await opened(it);
      const { client, socket } = await pair();
      const there = next(socket, "message");
      client.send("");
      return (await there)[0];
    }),
    differs: {
      what: "an empty text message, at a listener of Engine.IO",
      socketIo: "`undefined`",
      hawser: "the empty text",
      why: "it is what was sent",
      expected: { server: "", both: "" },
    },
  },

  "typed arrays, views and buffers": engineCase(async (it) => {
    const { pair } = await opened(it);
    const { client, socket } = await pair();
    client.binaryType = "arraybuffer";
    const numbers = new Uint16Array([1, 2, 0xffff]);
    const there = collect(client, "message", 3);
    for (const value of [numbers, numbers.buffer, new DataView(numbers.buffer, 2, 2)]) {
      socket.send(value);
    }
    return there;
  }),

  "what is sent in the listener of connection comes first": engineCase(async (it) => {
    const { engine, world } = await opened(it);
    engine.on("connection", (socket) => {
      socket.send("first");
      socket.write("second").send("third");
    });
    const client = world.client();
    return collect(client, "message", 3);
  }),

  "callbacks of send, in order, with the transport": engineCase(async (it) => {
    const { pair } = await opened(it);
    const { client, socket } = await pair();
    const order: unknown[] = [];
    client.on("message", (data) => data === "end" && client.send("seen"));
    const seen = next(socket, "message");
    for (const name of ["a", "b"]) {
      socket.send(name, {}, (transport) => order.push([name, transport.name]));
    }
    socket.send("c", ((transport: { name: string }) => order.push(["c", transport.name])) as never);
    const all = new Promise((resolve) => socket.send("end", undefined, resolve));
    await Promise.all([seen, all]);
    return order;
  }),

  "events of packets on both ways": engineCase(async (it) => {
    const { pair } = await opened(it);
    const { client, socket } = await pair();
    const seen: unknown[] = [];
    socket.on("packet", ({ type, data }) => seen.push(["packet", type, data]));
    socket.on("packetCreate", ({ type, data }) => seen.push(["packetCreate", type, data]));
    socket.on("data", (data) => seen.push(["data", data]));
    socket.on("message", (data) => seen.push(["message", data]));
    const answered = next(client, "message");
    socket.on("message", () => socket.send("answer"));
    client.send("question");
    await answered;
    return seen;
  }),

  "flush and drain, of the connection and of the engine": engineCase(async (it) => {
    const { engine, pair } = await opened(it);
    const { client, socket } = await pair();
    const seen: unknown[] = [];
    socket.on("flush", (packets) => seen.push(["socket flush", packets.length]));
    engine.on("flush", (of, packets) => seen.push(["engine flush", of === socket, packets.length]));
    socket.on("drain", () => seen.push(["socket drain"]));
    engine.on("drain", (of) => seen.push(["engine drain", of === socket]));
    const there = next(client, "message");
    socket.send("one");
    await there;
    await until("both have drained", () => seen.length >= 4);
    return seen;
  }),

  "writeBuffer: what the transport has not got yet": engineCase(
    async (it) => {
      const { pair } = await opened(it);
      const { socket } = await pair();
      const lengthOf = (): number =>
        (socket as unknown as { writeBuffer: unknown[] }).writeBuffer.length;
      const lengths = [lengthOf()];
      for (const text of ["a", "b", "c"]) {
        socket.send(text);
        lengths.push(lengthOf());
      }
      await until("all has left", () => lengthOf() === 0);
      return lengths;
    },
    { modes: ["websocket"] },
  ),

  "a heartbeat is told, again and again": engineCase(async (it) => {
    const { pair } = await opened(it, { pingInterval: 30, pingTimeout: 5_000 });
    const { client, socket } = await pair();
    const packets: unknown[] = [];
    socket.on("packet", ({ type }) => packets.push(type));
    socket.on("packetCreate", ({ type }) => packets.push(`sent ${type}`));
    await Promise.all([collect(socket, "heartbeat", 2), collect(client, "ping", 2)]);
    return packets.slice(0, 4);
  }),

  "upgrading and upgrade, before and after": engineCase(
    async (it) => {
      const { engine, world } = await opened(it);
      const seen: unknown[] = [];
      const done = new Promise<void>((resolve) => {
        engine.on("connection", (socket) => {
          seen.push([socket.transport.name, socket.upgraded]);
          socket.on("upgrading", (to: { name: string }) =>
            seen.push(["upgrading", to.name, socket.transport.name, socket.upgraded]),
          );
          socket.on("upgrade", (to: { name: string }) => {
            seen.push(["upgrade", to.name, socket.transport.name, socket.upgraded]);
            resolve();
          });
        });
      });
      world.client();
      await done;
      return seen;
    },
    { modes: ["polling upgraded"] },
  ),

  "closed by the client": engineCase(async (it) => {
    const { engine, pair } = await opened(it);
    const { client, socket } = await pair();
    const ended = closeOf(socket);
    const there = next(client, "close");
    client.close();
    const here = await ended;
    const [reason] = await there;
    return [here, reason, socket.readyState, engine.clientsCount];
  }),

  "closed by the server, after what was sent": engineCase(async (it) => {
    const { engine, pair } = await opened(it);
    const { client, socket } = await pair();
    const heard: unknown[] = [];
    client.on("message", (data) => heard.push(data));
    const there = next(client, "close");
    const here = closeOf(socket);
    socket.send("last");
    socket.close();
    const states = [socket.readyState];
    socket.send("too late");
    const [reason] = await there;
    return [await here, reason, heard, states, socket.readyState, engine.clientsCount];
  }),

  "closed at once, without what was sent": engineCase(async (it) => {
    const { pair } = await opened(it);
    const { client, socket } = await pair();
    const there = next(client, "close");
    const here = closeOf(socket);
    socket.close(true);
    await there;
    return [await here, socket.readyState];
  }),

  "closed twice, and sent to afterwards": engineCase(async (it) => {
    const { pair } = await opened(it);
    const { client, socket } = await pair();
    let times = 0;
    socket.on("close", () => (times += 1));
    const there = next(client, "close");
    client.close();
    await Promise.all([there, until("it is closed", () => socket.readyState === "closed")]);
    const said = thrown(() => {
      socket.close();
      socket.send("nothing");
      socket.close(true);
    });
    return [times, said, socket.readyState];
  }),

  "a client that goes without a word": once(async (it) => {
    const { world, pair } = await opened(it);
    const { client, socket } = await pair({ transports: ["websocket"] });
    const ended = closeOf(socket);
    const { ws } = client.transport as unknown as { ws: { terminate(): void } };
    ws.terminate();
    return [await ended, world.engine.clientsCount];
  }),

  "a client that answers no ping": once(async (it) => {
    const { world } = await opened(it, { pingInterval: 20, pingTimeout: 20 });
    const answers = [];
    for (const transport of ["polling", "websocket"]) {
      const connected = next(world.engine, "connection");
      if (transport === "polling") void world.ask("EIO=4&transport=polling");
      else {
        const raw = new WebSocket(
          `ws://127.0.0.1:${world.port}/engine.io/?EIO=4&transport=websocket`,
        );
        it.after(() => raw.close());
      }
      const [socket] = await connected;
      answers.push(await closeOf(socket as object));
    }
    return answers;
  }),

  "a websocket that says what is no packet": once(async (it) => {
    const { world } = await opened(it);
    const answers = [];
    for (const text of ["abc", "x", "9hello", ""]) {
      const connected = next(world.engine, "connection");
      const url = `ws://127.0.0.1:${world.port}/engine.io/?EIO=4&transport=websocket`;
      const raw = new WebSocket(url);
      const [socket] = await connected;
      const ended = next(socket as object, "close");
      if (raw.readyState !== raw.OPEN) {
        await new Promise((resolve) => raw.addEventListener("open", resolve));
      }
      raw.send(text);
      answers.push((await ended)[0]);
    }
    return answers;
  }),

  "a message above maxHttpBufferSize": engineCase(
    async (it) => {
      const { pair } = await opened(it, { maxHttpBufferSize: 100 });
      const { client, socket } = await pair();
      const ended = next(socket, "close");
      client.send("x".repeat(200));
      const [reason] = await ended;
      return [reason, socket.readyState];
    },
    { modes: ["websocket"] },
  ),

  "the engine closes: all clients are told": engineCase(async (it) => {
    const { engine, pair } = await opened(it);
    const first = await pair();
    const second = await pair();
    const there = [next(first.client, "close"), next(second.client, "close")];
    const here = [closeOf(first.socket), closeOf(second.socket)];
    const same = engine.close() === engine;
    const reasons = (await Promise.all(there)).map(([reason]) => reason);
    return [same, reasons, await Promise.all(here), engine.clientsCount];
  }),
});

async function opened(...args: Parameters<typeof EngineWorld.open>): Promise<{
  world: EngineWorld;
  engine: EngineWorld["engine"];
  pair: EngineWorld["pair"];
}> {
  const world = await EngineWorld.open(...args);
  return { world, engine: world.engine, pair: (options) => world.pair(options) };
}
