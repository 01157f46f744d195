import { section } from "../harness/case.ts";
import { next, roundTrip, until } from "../harness/tools.ts";

export const volatileEvents = section("Volatile events", "emitting-events/#volatile-events", {
  "arrive on an idle line, both ways": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    // Round trips, after which the lines are known to be idle again.
    await roundTrip(client, server);
    const up = next(server, "position");
    client.volatile.emit("position", 1);
    const seen = [await up];
    await roundTrip(client, server);
    const down = next(client, "position");
    // On polling the line is writable while the client's next request waits at the server.
    const repeat = setInterval(() => server.volatile.emit("position", 2), 5);
    it.after(() => clearInterval(repeat));
    return [...seen, await down];
  },

  "are dropped on a line that is not idle": {
    modes: ["websocket", "polling upgraded"],
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      await roundTrip(client, server);
      const heard: number[] = [];
      client.on("position", (n: number) => heard.push(n));
      const end = next(client, "end");
      for (let n = 0; n < 5; n += 1) server.volatile.emit("position", n);
      server.emit("end");
      await end;
      return heard;
    },
  },

  "two in a row over polling: one": {
    modes: ["polling"],
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      await roundTrip(client, server);
      const heard: unknown[] = [];
      client.onAny((...args: unknown[]) => heard.push(args));
      // A poll that waits is what makes the line ready.
      await until("a poll waits", () => server.conn.transport.writable);
      server.volatile.emit("position", 1);
      server.volatile.emit("position", 2);
      const end = next(client, "end");
      server.emit("end");
      await end;
      return heard;
    },
  },

  "two in a row to all, with binary: one": {
    modes: ["websocket"],
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      await roundTrip(client, server);
      const heard: unknown[] = [];
      client.onAny((...args: unknown[]) => heard.push(args));
      const end = next(client, "end");
      world.io.volatile.emit("position", Buffer.from([1, 2, 3]));
      world.io.volatile.emit("position", Buffer.from([4, 5, 6]));
      world.io.emit("end");
      await end;
      return heard;
    },
  },

  "behind another event of the same tick": {
    modes: ["websocket", "polling upgraded"],
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      await roundTrip(client, server);
      const heard: unknown[] = [];
      client.onAny((name) => heard.push(name));
      server.emit("first");
      server.volatile.emit("dropped");
      const end = next(client, "end");
      server.emit("end");
      await end;
      return heard;
    },
  },

  "are not kept by a client that is not connected": async (it) => {
    const world = await it.open();
    const client = await world.client();
    const heard: unknown[] = [];
    world.io.on("connection", (socket) => {
      socket.onAny((name) => heard.push(name));
      socket.on("sync", (done) => done());
    });
    client.volatile.emit("dropped");
    client.emit("kept");
    client.volatile.emit("dropped");
    client.connect();
    await next(client, "connect");
    await world.settled(client);
    await client.emitWithAck("sync");
    return heard;
  },

  "to many": async (it) => {
    const world = await it.open();
    const { client } = await world.pair();
    const heard = next(client, "position");
    const repeat = setInterval(() => world.io.volatile.emit("position", 3), 5);
    it.after(() => clearInterval(repeat));
    return heard;
  },

  "to a room, from a socket, with binary": async (it) => {
    const world = await it.open();
    const a = await world.pair();
    const b = await world.pair();
    await b.server.join("room");
    const heard = next(b.client, "room");
    const repeat = setInterval(() => {
      world.io.to("room").volatile.emit("room", Buffer.from([1]));
      a.server.volatile.broadcast.emit("room", Buffer.from([1]));
    }, 5);
    it.after(() => clearInterval(repeat));
    return heard;
  },

  "what volatile gives": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    return [
      server.volatile === server,
      client.volatile === client,
      server.volatile.emit("x"),
      (world.io.volatile as unknown) === world.io,
      server.volatile.broadcast.emit("x"),
    ];
  },
});
