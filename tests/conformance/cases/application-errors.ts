import { section } from "../harness/case.ts";
import { next, outcome, roundTrip, until } from "../harness/tools.ts";
import type { Case } from "../harness/case.ts";
import type { Stage } from "../harness/stage.ts";

/** What would end the process of an application that does not listen for it. */
function uncaught(it: Stage): unknown[] {
  const seen: unknown[] = [];
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    const listener = (error: unknown): unknown =>
      seen.push([event, error instanceof Error ? error.message : error]);
    process.on(event, listener);
    it.after(() => process.off(event, listener));
  }
  return seen;
}

const alone = (run: Case["run"], more: Partial<Case> = {}): Case => ({ run, alone: true, ...more });

export const applicationErrors = section(
  "Application errors",
  "listening-to-events/#error-handling",
  {
    "a handler throws: an uncaught exception, and the line goes on": alone(async (it) => {
      const seen = uncaught(it);
      const world = await it.open();
      const { client, server } = await world.pair();
      server.on("it", () => {
        throw new Error("thrown by a handler");
      });
      client.emit("it");
      await until("it was seen", () => seen.length > 0);
      await roundTrip(client, server);
      return [seen, client.connected];
    }),

    "an async handler rejects: an unhandled rejection": alone(async (it) => {
      const seen = uncaught(it);
      const world = await it.open();
      const { client, server } = await world.pair();
      server.on("it", async () => {
        throw new Error("rejected by a handler");
      });
      client.emit("it");
      await until("it was seen", () => seen.length > 0);
      await roundTrip(client, server);
      return [seen, client.connected];
    }),

    "the events behind one whose handler throws are handled": alone(async (it) => {
      const seen = uncaught(it);
      const world = await it.open();
      const { client, server } = await world.pair();
      const heard: unknown[] = [];
      server.on("it", (n) => {
        heard.push(n);
        if (n === 1) throw new Error("one");
      });
      for (const n of [0, 1, 2]) client.emit("it", n);
      await until("all were handled", () => heard.length === 3);
      await until("it was seen", () => seen.length > 0);
      return [seen, heard];
    }),

    "a connection handler throws": alone(async (it) => {
      const seen = uncaught(it);
      const world = await it.open({
        setup: (io) => {
          io.on("connection", () => {
            throw new Error("thrown by connection");
          });
        },
      });
      const client = await world.connect();
      await until("it was seen", () => seen.length > 0);
      await roundTrip(client, world.serverSide(client)!);
      return [seen, client.connected];
    }),

    "a disconnect handler throws": alone(async (it) => {
      const seen = uncaught(it);
      const world = await it.open();
      const { client, server } = await world.pair();
      await server.join("room");
      server.on("disconnect", () => {
        throw new Error("thrown by disconnect");
      });
      client.disconnect();
      await until("it was seen", () => seen.length > 0);
      await until("the socket is gone", () => world.io.of("/").sockets.size === 0);
      return [seen, world.io.of("/").adapter.rooms.size];
    }),

    "a middleware throws": alone(
      async (it) => {
        const seen = uncaught(it);
        const world = await it.open();
        world.io.use(() => {
          throw new Error("thrown by a middleware");
        });
        const received = it.knock(world.url);
        await until("it was seen", () => seen.length > 0);
        return [
          seen.map((each) => (each as unknown[])[1]),
          await Promise.race([
            received,
            new Promise((resolve) => setTimeout(resolve, 100, "waits")),
          ]),
        ];
      },
      { modes: ["websocket"] },
    ),

    "an acknowledgement's callback throws": alone(async (it) => {
      const seen = uncaught(it);
      const world = await it.open();
      const { client, server } = await world.pair();
      client.on("ask", (done) => done());
      server.emit("ask", () => {
        throw new Error("thrown by a callback");
      });
      await until("it was seen", () => seen.length > 0);
      await roundTrip(client, server);
      return [seen, client.connected];
    }),

    "a catch-all listener throws": alone(
      async (it) => {
        const seen = uncaught(it);
        const world = await it.open();
        const { client, server } = await world.pair();
        server.onAny((name) => {
          if (name === "it") throw new Error("thrown by onAny");
        });
        client.emit("it");
        await until("it was seen", () => seen.length > 0);
        return seen;
      },
      { modes: ["polling"] },
    ),

    "error with no listener does not throw": async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      server.use((_event, go) => go(new Error("refused")));
      client.emit("it");
      const heard = new Promise((resolve) => server.on("error", resolve));
      client.emit("again");
      return [await heard, client.connected];
    },

    "emit of error by the server reaches the client": async (it) => {
      const world = await it.open();
      const { client, server } = await world.pair();
      const heard = next(client, "error");
      server.emit("error", "told to the client");
      return heard;
    },

    "emitWithAck with an event that is reserved": async (it) => {
      const world = await it.open();
      const { server } = await world.pair();
      return [
        await outcome((async () => server.emitWithAck("disconnect"))()),
        await outcome((async () => world.io.timeout(10).emitWithAck("connect"))()),
      ];
    },
  },
);
