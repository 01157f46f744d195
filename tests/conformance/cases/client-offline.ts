import { section } from "../harness/case.ts";
import { next, outcome, until } from "../harness/tools.ts";
import type { ServerSocket } from "../../src/support/pairing.ts";
import type { World } from "../../src/support/world.ts";

/** A server that writes down the events of all its sockets, and answers `sync`. */
function noted(it: { open: (options: object) => Promise<World> }): Promise<[World, unknown[][]]> {
  const heard: unknown[][] = [];
  const setup = (io: World["io"]): void => {
    io.on("connection", (socket: ServerSocket) => {
      socket.on("sync", (done) => done());
      socket.onAny((name, ...args) => {
        if (name !== "sync")
          heard.push([name, ...args.filter((each) => typeof each !== "function")]);
      });
    });
  };
  return it.open({ setup }).then((world) => [world, heard]);
}

export const clientOffline = section("Client: offline behavior", "client-offline-behavior/", {
  "what is emitted before the connection waits, in order": async (it) => {
    const [world, heard] = await noted(it);
    const client = await world.client();
    client.emit("one", 1, { bytes: Buffer.from("x") });
    client.on("connect", () => void client.emit("three"));
    client.emit("two");
    const kept = client.sendBuffer.map(({ type, data }) => [type, data]);
    client.connect();
    await next(client, "connect");
    await world.settled(client);
    client.emit("four");
    await client.emitWithAck("sync");
    return [heard, kept, client.sendBuffer, client.receiveBuffer];
  },

  "what is emitted while it is away, too": async (it) => {
    const [world, heard] = await noted(it);
    const client = await world.connect();
    const again = next(client, "connect");
    client.io.engine.close();
    client.emit("away", 1);
    client.emit("away", 2);
    await again;
    client.emit("back");
    await client.emitWithAck("sync");
    return heard;
  },

  "a volatile event while it is away": {
    run: async (it) => {
      const [world, heard] = await noted(it);
      const client = await world.connect();
      const again = next(client, "connect");
      client.io.engine.close();
      client.volatile.emit("volatile");
      await again;
      await client.emitWithAck("sync");
      return heard;
    },
    differs: {
      what: "volatile events of a client that is not connected",
      socketIo: "kept, when the connection before was idle",
      hawser: "dropped",
      why: "they are for a line that can take them at once",
      expected: {
        client: (mode) => (mode === "polling" ? undefined : []),
        both: (mode) => (mode === "polling" ? undefined : []),
      },
    },
  },

  "after disconnect(), until connect()": async (it) => {
    const [world, heard] = await noted(it);
    const client = await world.connect();
    client.disconnect();
    client.emit("kept");
    const { length } = client.sendBuffer;
    client.connect();
    await next(client, "connect");
    await client.emitWithAck("sync");
    return [heard, length];
  },

  "the buffer can be emptied": async (it) => {
    const [world, heard] = await noted(it);
    const client = await world.client();
    client.emit("dropped");
    client.sendBuffer = [];
    client.emit("kept");
    client.connect();
    await next(client, "connect");
    await client.emitWithAck("sync");
    return heard;
  },

  "a timeout takes the event out of the buffer": async (it) => {
    const [world, heard] = await noted(it);
    const client = await world.client();
    const late = await outcome(client.timeout(10).emitWithAck("too late"));
    const { length } = client.sendBuffer;
    client.connect();
    await next(client, "connect");
    await client.emitWithAck("sync");
    return [late, length, heard];
  },

  "events that come with the answer to CONNECT": async (it) => {
    const world = await it.open();
    world.io.on("connection", (socket) => {
      socket.emit("first", 1);
      socket.emit("second", Buffer.from("2"));
    });
    const client = await world.client();
    const seen: unknown[] = [];
    client.onAny((...args) => seen.push(args));
    client.on("connect", () => seen.push("connect"));
    const second = next(client, "second");
    client.connect();
    await second;
    return seen;
  },

  "volatile with an acknowledgement, while it is away": async (it) => {
    const world = await it.open();
    const client = await world.client();
    const seen: unknown[] = [];
    client.volatile.emit("asked", () => seen.push("called"));
    client.volatile.timeout(10).emit("asked", (error: Error) => seen.push(error.message));
    await until("the time is over", () => seen.length > 0);
    return [seen, client.sendBuffer];
  },
});

/** Answers from the second time on. */
function hesitant(world: World): unknown[] {
  const heard: unknown[] = [];
  world.io.on("connection", (socket) => {
    socket.on("ask", (n: number, done: (n: number) => void) => {
      const again = heard.includes(n);
      heard.push(n);
      if (again) done(n * 10);
    });
    socket.on("tell", (n: number, done: () => void) => {
      heard.push(["told", n]);
      done();
    });
  });
  return heard;
}

export const clientRetries = section("Client: retries and ackTimeout", "client-options/#retries", {
  "ackTimeout: an error first, for all": async (it) => {
    const world = await it.open({
      setup: (io) => io.on("connection", (socket) => socket.on("ask", (done) => done("yes"))),
    });
    const client = await world.connect("", { ackTimeout: 2_000 });
    const answer = await new Promise((resolve) => {
      client.emit("ask", (...args: unknown[]) => resolve(args));
    });
    const promised = await client.emitWithAck("ask");
    const short = await outcome(client.timeout(10).emitWithAck("nobody"));
    return [answer, promised, short];
  },

  "ackTimeout, and nobody answers": async (it) => {
    const world = await it.open();
    const client = await world.connect("", { ackTimeout: 20 });
    const plain = new Promise((resolve) => {
      client.emit("nobody", (...args: unknown[]) => resolve(args));
    });
    return [await plain, await outcome(client.emitWithAck("nobody"))];
  },

  "each event until it is answered, in order": async (it) => {
    const world = await it.open();
    const heard = hesitant(world);
    const client = await world.connect("", { retries: 3, ackTimeout: 600 });
    const seen: unknown[] = [];
    client.emit("ask", 1, (...args: unknown[]) => seen.push(args));
    client.emit("tell", 2);
    client.emit("ask", 3, (...args: unknown[]) => seen.push(args));
    client.volatile.emit("tell", "volatile");
    seen.push(await client.emitWithAck("ask", 4));
    return [seen, heard];
  },

  "gives up after so many": async (it) => {
    const world = await it.open();
    const times: unknown[] = [];
    world.io.on("connection", (socket) => socket.onAny((name) => times.push(name)));
    const client = await world.connect("", { retries: 2, ackTimeout: 50 });
    const first = outcome(client.emitWithAck("nobody"));
    const second = outcome(client.emitWithAck("no one"));
    const outcomes = [await first, await second];
    await until("all of them are there", () => times.length >= 6);
    return [outcomes, times];
  },

  "waits for the connection, and goes once": async (it) => {
    const world = await it.open();
    const heard: unknown[] = [];
    world.io.on("connection", (socket) => {
      socket.on("tell", (n, done) => {
        heard.push(n);
        done();
      });
    });
    const client = await world.client("", { retries: 3, ackTimeout: 5_000 });
    client.emit("tell", 1);
    client.on("connect", () => void client.emit("tell", 2));
    client.connect();
    await next(client, "connect");
    await client.emitWithAck("tell", 3);
    return heard;
  },

  "on a line that breaks": async (it) => {
    const world = await it.open();
    const heard: unknown[] = [];
    world.io.on("connection", (socket) => {
      socket.on("tell", (n, done) => {
        heard.push(n);
        // The first is answered to nobody.
        if (heard.length === 1) socket.conn.close();
        else done();
      });
    });
    const client = await world.connect("", { retries: 3, ackTimeout: 5_000 });
    const answers = [client.emitWithAck("tell", 1), client.emitWithAck("tell", 2)];
    await Promise.all(answers);
    return heard;
  },
});
