import { V2World } from "../../src/support/v2-world.ts";
import { section } from "../harness/case.ts";
import { next, sorted, until } from "../harness/tools.ts";
import type { Case } from "../harness/case.ts";
import type { Stage } from "../harness/stage.ts";
import type { Server, ServerOptions } from "../../src/support/pairing.ts";

const only = (run: Case["run"]): Case => ({ run, of: "server" });

async function open(
  it: Stage,
  setup: (io: Server) => void = () => {},
  options: Partial<ServerOptions> = {},
): Promise<V2World> {
  const world = await V2World.open(it.pairing.server, it.mode, setup, options);
  it.after(() => world.close());
  return world;
}

export const clientsOfSocketIo2 = section(
  "Clients of Socket.IO 2",
  "client-installation/#version-compatibility",
  {
    "both sides know the same id in the root namespace": only(async (it) => {
      const world = await open(it);
      const { client, server } = await world.pair();
      return {
        same: server.id === client.id,
        protocol: server.conn.protocol,
        eio: server.handshake.query["EIO"],
        room: server.rooms.has(server.id),
        auth: server.handshake.auth,
      };
    }),

    "refused without allowEIO3": only(async (it) => {
      const world = await open(it, undefined, { allowEIO3: false });
      const [error] = await next(world.client("", { reconnection: false }), "connect_error");
      return [error instanceof Error];
    }),

    "every kind of argument, both ways": only(async (it) => {
      const world = await open(it);
      const { client, server } = await world.pair();
      const args = ["text é€😀", 1.5, null, true, { a: [{ b: "c" }] }, ["d"]];
      const received = next(server, "up");
      client.emit("up", ...args);
      const back = next(client, "down");
      server.emit("down", ...args);
      return [await received, await back];
    }),

    "binary, also deep inside": only(async (it) => {
      const world = await open(it);
      const { client, server } = await world.pair();
      const received = next(server, "up");
      client.emit("up", Buffer.of(1, 2, 255), { deep: [Buffer.from("é")] });
      const back = next(client, "down");
      server.emit("down", { deep: [Buffer.alloc(3_000, 7)] }, Buffer.alloc(0));
      return [await received, await back];
    }),

    "acknowledgements both ways, with binary too": only(async (it) => {
      const world = await open(it);
      const { client, server } = await world.pair();
      server.on("ask", (value: unknown, reply: (...args: unknown[]) => void) =>
        reply(value, Buffer.of(9)),
      );
      const answer = await new Promise((resolve) => {
        client.emit("ask", 5, (...args: unknown[]) => resolve(args));
      });
      client.on("ask", (value: unknown, reply: (value: unknown) => void) => reply(value));
      return [
        answer,
        await server.emitWithAck("ask", Buffer.of(8)),
        await server.timeout(5_000).emitWithAck("ask", "x"),
      ];
    }),

    "rooms and broadcasts, together with others": only(async (it) => {
      const world = await open(it);
      const pairs = [await world.pair(), await world.pair(), await world.pair()];
      await pairs[0]!.server.join("room");
      await pairs[1]!.server.join("room");
      const heard: unknown[] = [];
      for (const [index, { client }] of pairs.entries()) {
        client.on("news", (what: string) => heard.push([index, what]));
      }
      const last = pairs.map(({ client }) => next(client, "end"));
      world.io.to("room").emit("news", "both");
      pairs[0]!.server.to("room").emit("news", "the second alone");
      world.io.emit("end");
      await Promise.all(last);
      return sorted(heard);
    }),

    "another namespace, with a query": only(async (it) => {
      const world = await open(it);
      const { client, server } = await world.pair("/admin?token=abc", { query: { all: "1" } });
      const received = next(server, "up");
      client.emit("up", "there");
      const back = next(client, "down");
      world.io.of("/admin").emit("down", Buffer.of(1));
      return {
        name: server.nsp.name,
        same: server.id === client.id,
        prefix: server.id.startsWith("/admin#"),
        auth: server.handshake.auth,
        received: await received,
        back: await back,
        main: world.io.of("/").sockets.size,
      };
    }),

    "an unknown namespace": only(async (it) => {
      const world = await open(it);
      const client = world.client("/unknown");
      return (await next(client, "error"))[0];
    }),

    "refused by a middleware, with its message or its data": only(async (it) => {
      const world = await open(it, (io) => {
        io.use((socket, go) => {
          const error = new Error("no entry") as Error & { data?: unknown };
          if (socket.handshake.query["why"] === "data") error.data = { code: 7 };
          go(error);
        });
      });
      return [
        await next(world.client("/", { query: { why: "message" } }), "error"),
        await next(world.client("/", { query: { why: "data" } }), "error"),
      ];
    }),

    "leaves a namespace": only(async (it) => {
      const world = await open(it);
      const admin = await world.pair("/admin");
      const left = next(admin.server, "disconnect");
      admin.client.close();
      // A client that leaves its only namespace ends its line, which may be seen first.
      const reasons = ["client namespace disconnect", "transport close"];
      const known = reasons.includes((await left)[0] as string);
      await until("nobody is there", () => world.io.of("/admin").sockets.size === 0);
      return known;
    }),

    "disconnected by the server": only(async (it) => {
      const world = await open(it);
      const { client, server } = await world.pair("", { reconnection: false });
      const told = next(client, "disconnect");
      const gone = next(server, "disconnect");
      server.disconnect();
      return [await told, (await gone)[0]];
    }),

    "comes back after its line was cut": only(async (it) => {
      const world = await open(it);
      const { client, server } = await world.pair();
      const { id } = server;
      const again = next(world.io, "connection");
      const reconnected = next(client, "connect");
      server.conn.close();
      await Promise.all([again, reconnected]);
      return [client.id === id, client.connected];
    }),

    "stays through heartbeats, which are its own": only(async (it) => {
      const world = await open(it, undefined, { pingInterval: 50, pingTimeout: 3_000 });
      const { client, server } = await world.pair();
      for (let beat = 0; beat < 4; beat += 1) await next(server.conn, "heartbeat");
      return client.connected;
    }),

    "together with clients of Socket.IO 4 in one room": only(async (it) => {
      const world = await open(it, (io) => {
        io.on("connection", (socket) => {
          void socket.join("room");
          socket.on("say", (...args) => io.to("room").emit("said", ...args));
        });
      });
      const { client: old } = await world.pair();
      const young = it.client(`http://127.0.0.1:${world.port}`);
      await next(young, "connect");
      const heard = [next(old, "said"), next(young, "said")];
      old.emit("say", "from 2", Buffer.of(1));
      const first = await Promise.all(heard);
      const again = [next(old, "said"), next(young, "said")];
      young.emit("say", "from 4", Buffer.of(2));
      return [first, await Promise.all(again)];
    }),
  },
);
