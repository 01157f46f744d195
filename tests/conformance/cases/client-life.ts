import { createServer } from "node:net";
import { section } from "../harness/case.ts";
import { next, turns, until } from "../harness/tools.ts";
import { connectTo, details, shown, watched } from "./client-tools.ts";
import type { AddressInfo, Socket } from "node:net";

/** Nobody listens there. */
const nowhere = "http://127.0.0.1:1";

export const clientLife = section("Client: its life", "client-socket-instance/", {
  "connect, disconnect, connect": async (it) => {
    const world = await it.open();
    const client = await world.client();
    const seen = watched(client);
    client.connect();
    await next(client, "connect");
    await world.settled(client);
    client.disconnect();
    const between = [client.io.engine.readyState, client.active];
    client.connect();
    await next(client, "connect");
    await world.settled(client);
    return [seen, between];
  },

  "disconnect().connect() at once": async (it) => {
    const world = await it.open();
    const client = await world.connect();
    const seen = watched(client);
    const again = next(client, "connect");
    client.disconnect().connect();
    await again;
    await until("the first connection is gone", () => world.io.engine.clientsCount === 1);
    return seen;
  },

  "disconnect() before there is a connection": async (it) => {
    const world = await it.open();
    const client = await world.client();
    const seen = watched(client);
    client.connect();
    client.disconnect();
    const other = await world.connect();
    return [seen, client.active, client.connected, other.connected];
  },

  "connect() of who is connected": async (it) => {
    const world = await it.open();
    const client = await world.connect();
    const seen = watched(client);
    client.connect();
    client.open();
    await client
      .timeout(5000)
      .emitWithAck("nobody")
      .catch(() => undefined);
    return [seen, world.io.engine.clientsCount];
  },

  "the server disconnects": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const seen = watched(client);
    server.disconnect();
    await next(client, "disconnect");
    const at = [client.active, client.connected, client.disconnected, client.io.engine.readyState];
    const again = next(client, "connect");
    client.connect();
    await again;
    return [seen, at];
  },

  "the line is closed from below": async (it) => {
    const world = await it.open();
    const client = await world.connect();
    const seen = watched(client);
    const again = next(client, "connect");
    client.io.engine.close();
    await again;
    return seen;
  },

  "connect() in the handler of disconnect": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    client.on("disconnect", () => void client.connect());
    const again = next(client, "connect");
    server.disconnect();
    await again;
    return [client.connected, world.io.engine.clientsCount];
  },

  "id and connected in the handlers": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const same = client.id === server.id;
    const at = new Promise((resolve) => {
      client.on("disconnect", () => resolve([client.id, client.connected, client.disconnected]));
    });
    client.disconnect();
    return [same, await at, client.id];
  },

  "nobody there": async (it) => {
    const client = connectTo(it, nowhere, { autoConnect: false, reconnectionAttempts: 2 });
    const seen = watched(client);
    client.connect();
    await next(client.io, "reconnect_failed");
    await turns();
    return [seen, client.active, client.connected];
  },

  "nobody there, and no reconnection": async (it) => {
    const client = connectTo(it, nowhere, { autoConnect: false, reconnection: false });
    const seen = watched(client);
    client.connect();
    await next(client.io, "error");
    return [seen, client.active];
  },

  "timeout of an attempt": async (it) => {
    const silent = createServer();
    const lines: Socket[] = [];
    silent.on("connection", (line) => lines.push(line));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    it.after(() => {
      for (const line of lines) line.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const client = connectTo(it, `http://127.0.0.1:${port}`, {
      autoConnect: false,
      timeout: 30,
      reconnectionAttempts: 2,
    });
    const seen = watched(client);
    client.connect();
    await next(client.io, "reconnect_failed");
    await turns();
    return seen;
  },

  "disconnect() while it comes back": async (it) => {
    const client = connectTo(it, nowhere, { autoConnect: false });
    const seen = watched(client);
    const attempt = next(client.io, "reconnect_attempt");
    client.io.once("reconnect_attempt", () => void client.disconnect());
    client.connect();
    await attempt;
    const world = await it.open();
    await world.connect();
    return [seen, client.active];
  },

  "disconnect() and connect() while it comes back": async (it) => {
    const client = connectTo(it, nowhere, { autoConnect: false });
    const attempt = next(client.io, "reconnect_attempt");
    client.connect();
    await attempt;
    client.disconnect();
    const second = next(client.io, "reconnect_attempt");
    client.connect();
    return (await second)[0];
  },

  "one namespace leaves, the other stays": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const client = await world.connect();
    const other = await world.beside(client, "/other");
    const seen = watched(client);
    client.disconnect();
    const between = [other.connected, client.io.engine.readyState];
    other.disconnect();
    await until("the line is closed", () => client.io.engine.readyState === "closed");
    return [seen, between];
  },

  "one stops while the line comes back": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const client = await world.connect();
    const other = await world.beside(client, "/other");
    client.io.once("reconnect_attempt", () => void client.disconnect());
    const again = next(other, "connect");
    client.io.engine.close();
    await again;
    return [client.connected, client.active, other.connected];
  },

  "a refused namespace and one that is let in": async (it) => {
    const world = await it.open({
      setup: (io) => void io.of("/closed").use((_, pass) => pass(new Error("closed"))),
    });
    const client = await world.connect();
    const closed = client.io.socket("/closed");
    const refused = next<[Error]>(closed, "connect_error");
    closed.connect();
    const [error] = await refused;
    return [shown(error), closed.active, closed.connected, client.connected];
  },

  "a refusal is not tried again, until it is asked for": async (it) => {
    let asked = 0;
    const refuse = Object.assign(new Error("not now"), { data: { again: true } });
    const world = await it.open({
      setup: (io) => void io.use((_, pass) => (asked++ ? pass() : pass(refuse))),
    });
    const client = await world.client();
    const seen = watched(client);
    const refused = next(client, "connect_error");
    client.connect();
    await refused;
    const between = [client.active, client.io.engine.readyState];
    const again = next(client, "connect");
    client.connect();
    await again;
    return [seen, between];
  },

  "what disconnect tells when the line breaks": {
    modes: ["websocket", "polling upgraded"],
    run: async (it) => {
      const world = await it.open();
      const lines: Socket[] = [];
      world.http.on("connection", (line) => lines.push(line));
      const client = await world.connect("", { reconnection: false });
      const gone = next(client, "disconnect");
      for (const line of lines) line.destroy();
      const [reason, description] = await gone;
      return [reason, details(description), client.active];
    },
  },

  "a client that comes back sooner than a heartbeat can tell": async (it) => {
    const world = await it.open({ options: { connectionStateRecovery: {} } });
    const lines: Socket[] = [];
    world.http.on("connection", (line) => lines.push(line));
    const { client, server } = await world.pair();
    const heard: unknown[] = [];
    client.on("e", (n: number) => heard.push(n));
    const first = next(client, "e");
    server.emit("e", 1);
    await first;
    const { id } = client;
    const again = next(client, "connect");
    // Until it notices: between two requests of a polling client there is nothing to cut.
    const cut = setInterval(() => {
      for (const line of lines) line.destroy();
    }, 5);
    it.after(() => clearInterval(cut));
    client.once("disconnect", () => clearInterval(cut));
    await again;
    const last = next(client, "e");
    world.io.emit("e", 2);
    await last;
    return [client.recovered, client.id === id, heard, world.io.engine.clientsCount];
  },

  "auth: an object, a function, one that answers late, none": async (it) => {
    const world = await it.open();
    const seen: unknown[] = [];
    world.io.on("connection", (socket) => seen.push(socket.handshake.auth));
    const late = (give: (data: object) => void): void => void setImmediate(() => give({ late: 1 }));
    const all = [
      { a: { b: 1 } },
      (give: (data: object) => void) => give({ f: 2 }),
      late,
      undefined,
    ];
    for (const auth of all) await world.connect("", { auth: auth as object });
    const client = await world.client();
    client.auth = { set: "afterwards" };
    client.connect();
    await next(client, "connect");
    client.auth = { set: "for the next" };
    const again = next(client, "connect");
    client.io.engine.close();
    await again;
    return seen;
  },
});
