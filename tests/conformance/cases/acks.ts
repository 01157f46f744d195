import { section } from "../harness/case.ts";
import { next, outcome, roundTrip, sorted, until } from "../harness/tools.ts";

/** All arguments that a callback gets. */
const answered = (ask: (callback: (...args: unknown[]) => void) => void): Promise<unknown[]> =>
  new Promise((resolve) => ask((...args) => resolve(args)));

export const acks = section("Acknowledgements", "emitting-events/#acknowledgements", {
  "a callback gets the answer, both ways": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    server.on("add", (a: number, b: number, done) => done(a + b, "and", { more: true }));
    client.on("add", (a: number, b: number, done) => done(a + b));
    return [
      await answered((callback) => client.emit("add", 1, 2, callback)),
      await answered((callback) => server.emit("add", 1, 2, callback)),
    ];
  },

  "answers of any shape": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const shapes: unknown[][] = [[], [undefined], [null, undefined, 0], [[]], [new Error("x")]];
    const seen: unknown[] = [];
    server.on("shape", (n: number, done) => done(...shapes[n]!));
    client.on("shape", (n: number, done) => done(...shapes[n]!));
    for (const n of shapes.keys()) {
      seen.push(await answered((callback) => client.emit("shape", n, callback)));
      seen.push(await answered((callback) => server.emit("shape", n, callback)));
    }
    return seen;
  },

  "emitWithAck resolves with the first argument, both ways": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    server.on("ask", (done) => done("one", "two"));
    client.on("ask", (done) => done());
    return [await outcome(client.emitWithAck("ask")), await outcome(server.emitWithAck("ask"))];
  },

  "many at once, answered in any order": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const waiting: (() => void)[] = [];
    const count = 20;
    const onAsk = (n: number, done: (answer: number) => void): void => {
      waiting.push(() => done(n * 10));
      if (waiting.length === 2 * count) for (const answer of waiting.toReversed()) answer();
    };
    server.on("ask", onAsk);
    client.on("ask", onAsk);
    const numbers = Array.from({ length: count }, (_, index) => index);
    return Promise.all([
      ...numbers.map((n) => client.emitWithAck("ask", n)),
      ...numbers.map((n) => server.emitWithAck("ask", n)),
    ]);
  },

  "a second answer is ignored, both ways": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    const twice = (done: (answer: number) => void): void => {
      done(1);
      done(2);
    };
    server.on("twice", twice);
    client.on("twice", twice);
    client.emit("twice", (answer: number) => seen.push(["client", answer]));
    await roundTrip(client, server);
    server.emit("twice", (answer: number) => seen.push(["server", answer]));
    await server.emitWithAck("twice");
    return seen;
  },

  "the callback is the last argument that a listener gets": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    const listener = (...args: unknown[]): void => {
      seen.push(args);
      (args.at(-1) as () => void)();
    };
    server.on("it", listener);
    client.on("it", listener);
    await answered((callback) => client.emit("it", 1, [2], callback));
    await answered((callback) => server.emit("it", callback));
    return seen;
  },

  "a callback that is not last is only a value": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const up = next(server, "it");
    client.emit("it", () => 1, "last");
    const down = next(client, "it");
    server.emit("it", () => 1, "last");
    return [await up, await down];
  },

  "timeout: an error first, at both ends": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    return [
      await answered((callback) => client.timeout(20).emit("nobody", callback)),
      await answered((callback) => server.timeout(20).emit("nobody", callback)),
      await outcome(client.timeout(20).emitWithAck("nobody")),
      await outcome(server.timeout(20).emitWithAck("nobody")),
    ];
  },

  "timeout that is kept: no error, then the answer": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    server.on("quick", (done) => done("here", 2));
    client.on("quick", (done) => done("there", 2));
    return [
      await answered((callback) => client.timeout(5_000).emit("quick", callback)),
      await answered((callback) => server.timeout(5_000).emit("quick", callback)),
      await outcome(client.timeout(5_000).emitWithAck("quick")),
      await outcome(server.timeout(5_000).emitWithAck("quick")),
    ];
  },

  "an answer after the timeout is ignored": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    let answer: (() => void) | undefined;
    client.on("late", (done: () => void) => (answer = done));
    let calls = 0;
    await answered((callback) => {
      server.timeout(30).emit("late", (...args: unknown[]) => {
        calls += 1;
        callback(...args);
      });
    });
    await until("it was asked", () => answer !== undefined);
    answer!();
    await roundTrip(client, server);
    return calls;
  },

  "timeout holds for one emit alone": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    client.on("ask", (done) => done("answer"));
    const timed = server.timeout(5_000);
    return [
      timed === (server as unknown),
      await answered((callback) => timed.emit("ask", callback)),
      await answered((callback) => server.emit("ask", callback)),
    ];
  },

  "emitWithAck without a timeout, and the socket disconnects": {
    run: async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      const asked = next(client, "ask");
      const answer = outcome(server.emitWithAck("ask"));
      await asked;
      const gone = next(server, "disconnect");
      client.disconnect();
      await gone;
      return Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 60, "waits"))]);
    },
    differs: {
      what: "`emitWithAck` of a socket without a timeout, and the socket disconnects",
      socketIo: "never settles",
      hawser: "rejects",
      why: "a promise that never settles holds its caller for ever",
      expected: {
        server: { rejected: new Error("socket has been disconnected") },
        both: { rejected: new Error("socket has been disconnected") },
      },
    },
  },

  "a callback that waits when the socket disconnects is not called": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    const asked = next(client, "ask");
    server.emit("ask", (...args: unknown[]) => seen.push(args));
    await asked;
    const gone = next(server, "disconnect");
    client.disconnect();
    await gone;
    return seen;
  },

  "a timed callback that waits when the socket disconnects": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const asked = next(client, "ask");
    const answer = answered((callback) => server.timeout(60).emit("ask", callback));
    await asked;
    client.disconnect();
    return answer;
  },

  "an answer that comes after the line has broken is not called": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    let calls = 0;
    const asked = new Promise<() => void>((resolve) => {
      server.on("ask", (done: () => void) => resolve(done));
    });
    client.emit("ask", () => (calls += 1));
    const answer = await asked;
    const back = next(client, "connect");
    client.io.engine.close();
    await back;
    answer();
    await world.settled(client);
    await roundTrip(client, world.serverSide(client)!);
    return calls;
  },

  "broadcast: the answers of all": async (it) => {
    const world = await it.open();
    const clients = [await world.connect(), await world.connect(), await world.connect()];
    for (const [index, client] of clients.entries()) {
      client.on("who", (done: (answer: number) => void) => done(index));
    }
    const byCallback = await answered((callback) => world.io.timeout(5_000).emit("who", callback));
    const answers = (await world.io.timeout(5_000).emitWithAck("who")) as number[];
    return [byCallback[0], sorted(byCallback[1] as number[]), sorted(answers)];
  },

  "broadcast: rooms, exceptions, and from a socket": async (it) => {
    const world = await it.open();
    const members = [await world.pair(), await world.pair(), await world.pair()];
    for (const [index, { client, server }] of members.entries()) {
      client.on("who", (done: (answer: number) => void) => done(index));
      if (index > 0) await server.join("room");
    }
    const { io } = world;
    const from = members[1]!.server;
    return [
      sorted((await io.to("room").timeout(5_000).emitWithAck("who")) as number[]),
      sorted((await io.except("room").timeout(5_000).emitWithAck("who")) as number[]),
      await from.to("room").timeout(5_000).emitWithAck("who"),
      sorted((await from.broadcast.timeout(5_000).emitWithAck("who")) as number[]),
      sorted((await io.of("/").timeout(5_000).emitWithAck("who")) as number[]),
    ];
  },

  "broadcast: with binary": async (it) => {
    const world = await it.open();
    const client = await world.connect();
    client.on("who", (bytes: Buffer, done) => done({ bytes }));
    return world.io.timeout(5_000).emitWithAck("who", Buffer.from([1, 2]));
  },

  "broadcast: what came before the timeout": async (it) => {
    const world = await it.open();
    const { client } = await world.pair();
    const silent = await world.connect();
    client.on("who", (done) => done("me"));
    const heard = next(silent, "who");
    const result = await answered((callback) => world.io.timeout(150).emit("who", callback));
    await heard;
    return [result, await outcome(world.io.timeout(150).emitWithAck("who"))];
  },

  "broadcast: to nobody is answered at once": async (it) => {
    const world = await it.open();
    return [
      await world.io.to("empty room").timeout(5_000).emitWithAck("who"),
      await answered((callback) => world.io.to("empty").timeout(5_000).emit("who", callback)),
    ];
  },

  "broadcast: someone leaves before answering": async (it) => {
    const world = await it.open();
    const one = await world.connect();
    const two = await world.connect();
    one.on("who", (done) => done(1));
    two.on("who", () => two.disconnect());
    return answered((callback) => world.io.timeout(200).emit("who", callback));
  },

  "broadcast: a late answer is ignored": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    let calls = 0;
    let answer: (() => void) | undefined;
    client.on("who", (done: () => void) => (answer = done));
    await new Promise<void>((resolve) => {
      world.io.timeout(30).emit("who", () => {
        calls += 1;
        resolve();
      });
    });
    await until("it was asked", () => answer !== undefined);
    answer!();
    await roundTrip(client, server);
    return [calls, server.listenerCount("who")];
  },
});
