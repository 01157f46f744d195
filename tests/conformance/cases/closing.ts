import { createServer } from "node:http";
import { connect } from "node:net";
import { section } from "../harness/case.ts";
import { next, outcome, turns, until } from "../harness/tools.ts";
import type { AddressInfo } from "node:net";

const codeOf = (error: NodeJS.ErrnoException | undefined): string | undefined => error?.code;

export const closing = section("Closing the server", "server-instance/#serverclosecallback", {
  "ends every connection, and the port is free": async (it) => {
    const world = await it.open();
    const clients = [
      await world.connect("", { reconnection: false }),
      await world.connect("", { reconnection: false }),
    ];
    const lost = Promise.all(clients.map((client) => next(client, "disconnect")));
    const reasons = Promise.all(
      clients.map((client) => next(world.serverSide(client) as object, "disconnect")),
    );
    await world.stop();
    const seen = {
      client: (await lost).map(([reason]) => reason),
      server: (await reasons).map(([reason]) => reason),
      listening: world.http.listening,
      count: world.io.engine.clientsCount,
      sockets: world.io.of("/").sockets.size,
    };
    const again = await it.open({ port: world.port });
    return [seen, (await again.connect()).connected];
  },

  "with a callback, and as a promise": async (it) => {
    const world = await it.open();
    await world.connect("", { reconnection: false });
    const called = new Promise((resolve) => {
      void world.io.close((...args) => resolve(args));
    });
    return called;
  },

  "without an HTTP server": {
    run: async (it) => {
      const { Server } = it.lib;
      return "rejected" in (await outcome(new Server().close())) ? "rejects" : "resolves";
    },
    differs: {
      what: "`io.close()` of a server that was never attached",
      socketIo: "rejects with a TypeError",
      hawser: "resolves",
      why: "there is nothing to close",
      expected: { server: "resolves", both: "resolves" },
    },
  },

  "with an HTTP server that does not listen": async (it) => {
    const io = new it.lib.Server(createServer());
    const called = new Promise((resolve) => {
      void io.close((error) => resolve(codeOf(error)));
    });
    const again = await outcome(new it.lib.Server(createServer()).close());
    return [await called, again];
  },

  twice: async (it) => {
    const world = await it.open();
    await world.connect("", { reconnection: false });
    await world.stop();
    const called = new Promise((resolve) => {
      void world.io.close((error) => resolve(codeOf(error)));
    });
    return called;
  },

  "after the HTTP server was closed": async (it) => {
    const http = createServer();
    const io = new it.lib.Server(http);
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    await new Promise((resolve) => http.close(resolve));
    return outcome(io.close());
  },

  "closes the adapter of each namespace": async (it) => {
    const world = await it.open();
    const closed: string[] = [];
    for (const name of ["/", "/a", "/b"]) {
      const nsp = world.io.of(name);
      const close = nsp.adapter.close.bind(nsp.adapter);
      nsp.adapter.close = () => {
        closed.push(name);
        return close();
      };
    }
    await world.stop();
    return closed;
  },

  "sockets of other namespaces, too": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const client = await world.connect("", { reconnection: false });
    const other = await world.beside(client, "/other");
    const reasons = [world.serverSide(client)!, world.serverSide(other, "/other")!].map(
      async (socket) => (await next(socket, "disconnect"))[0],
    );
    await world.stop();
    return Promise.all(reasons);
  },

  "what comes back while it is closing is not let in": async (it) => {
    const world = await it.open();
    await world.connect("", { reconnection: false });
    const { port } = world;
    await world.stop();
    const line = connect(port, "127.0.0.1");
    const [error] = await next<[NodeJS.ErrnoException]>(line, "error");
    return error.code;
  },

  "engine.close() ends connections, and the HTTP server goes on": async (it) => {
    const http = createServer((_request, response) => response.end("still here"));
    const io = new it.lib.Server(http);
    it.after(() => io.close());
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const client = it.client(url);
    await next(client, "connect");
    const gone = next(client, "disconnect");
    io.engine.close();
    await gone;
    await until("the line is let go", () => io.engine.clientsCount === 0);
    return [await (await fetch(url)).text(), http.listening];
  },

  "disconnectSockets(true), then close": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair("", { reconnection: false });
    const reasons = Promise.all([next(client, "disconnect"), next(server, "disconnect")]);
    world.io.disconnectSockets(true);
    const seen = (await reasons).map(([reason]) => reason);
    await world.stop();
    await turns();
    return seen;
  },

  "listen() again after close(): the client comes back": async (it) => {
    const io = new it.lib.Server(0);
    it.after(() => io.close());
    const heard: unknown[] = [];
    io.on("connection", (socket) => socket.on("it", (n, done) => done(heard.push(n))));
    const { port } = io.httpServer.address() as AddressInfo;
    const client = it.client(`http://127.0.0.1:${port}`, {
      reconnection: true,
      reconnectionDelay: 30,
      reconnectionDelayMax: 60,
    });
    await next(client, "connect");
    const back = next(client.io, "reconnect");
    await new Promise<void>((resolve) => {
      void io.close(() => {
        io.listen(port);
        resolve();
      });
    });
    await back;
    return [await client.emitWithAck("it", 1), heard];
  },
});
