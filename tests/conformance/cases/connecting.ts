import { section } from "../harness/case.ts";
import { collect, next, roundTrip, until } from "../harness/tools.ts";

export const connecting = section("Connecting and coming back", "client-socket-instance/", {
  "one id at both ends, on the transport of the mode": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    return {
      connected: [client.connected, client.disconnected, client.active, server.connected],
      ids: [server.id, client.id, client.io.engine.id],
      transports: [server.conn.transport.name, client.io.engine.transport.name],
      expected: it.transport,
      count: world.io.engine.clientsCount,
    };
  },

  "comes back after the server has restarted, and sends what it kept": async (it) => {
    const first = await it.open();
    const client = await first.connect();
    const oldId = client.id;
    const lost = next(client, "disconnect");
    const trying = next<[number]>(client.io, "reconnect_attempt");
    const back = next<[number]>(client.io, "reconnect");
    await first.stop();
    const reason = (await lost)[0];
    const apart = [client.id, client.active, client.connected];
    const answered = client.emitWithAck("kept", 1);
    client.emit("kept", 2);
    const attempt = (await trying)[0];
    const heard: unknown[] = [];
    const second = await it.open({
      port: first.port,
      setup: (io) => {
        io.on("connection", (socket) => {
          socket.on("kept", (value, done) => {
            heard.push(value);
            done?.(`again ${value}`);
          });
        });
      },
    });
    await back;
    await until("connected again", () => client.connected);
    const answer = await answered;
    await until("all that was kept has come", () => heard.length === 2);
    await second.settled(client);
    return {
      reason: /^transport (close|error)$/.test(String(reason)),
      apart,
      attempt,
      answer,
      heard,
      same: client.id === oldId,
    };
  },

  "comes back when the line breaks, with a new socket at the server": async (it) => {
    const world = await it.open();
    const { client, server } = await world.pair();
    const gone = next(server, "disconnect");
    const back = next(client, "connect");
    client.io.engine.close();
    const reason = (await gone)[0];
    await back;
    await world.settled(client);
    return [reason, world.io.of("/").sockets.size, client.id === server.id];
  },

  "tells of each attempt that fails, and gives up when told to": async (it) => {
    const world = await it.open();
    await world.stop();
    const client = await world.client("", { reconnectionAttempts: 2, reconnectionDelay: 5 });
    const seen: unknown[] = [];
    for (const event of ["reconnect_attempt", "reconnect_error", "reconnect_failed"] as const) {
      client.io.on(event as "reconnect_failed", (...args: unknown[]) =>
        seen.push([event, args[0] instanceof Error || args]),
      );
    }
    const errors = collect(client, "connect_error", 3);
    const failed = next(client.io, "reconnect_failed");
    client.connect();
    await failed;
    await errors;
    return [seen, client.active, client.connected];
  },

  "does not come back when it was told not to": async (it) => {
    const world = await it.open();
    const client = await world.connect("", { reconnection: false });
    let attempts = 0;
    client.io.on("reconnect_attempt", () => (attempts += 1));
    const lost = next(client, "disconnect");
    await world.stop();
    await lost;
    return [client.connected, client.active, attempts];
  },

  "all namespaces of a line come back": async (it) => {
    const world = await it.open({ setup: (io) => void io.of("/other") });
    const { client } = await world.pair();
    const other = await world.beside(client, "/other");
    const back = Promise.all([next(client, "connect"), next(other, "connect")]);
    client.io.engine.close();
    await back;
    await until("both are known", () => world.io.of("/other").sockets.size === 1);
    await roundTrip(other, world.serverSide(other, "/other")!);
    return [client.connected, other.connected];
  },

  "connect() after disconnect(), many times": async (it) => {
    const world = await it.open();
    const client = await world.connect();
    const ids = [client.id];
    for (let n = 0; n < 3; n += 1) {
      client.disconnect();
      const back = next(client, "connect");
      client.connect();
      await back;
      ids.push(client.id);
    }
    await until("one is left", () => world.io.engine.clientsCount === 1);
    return new Set(ids).size;
  },

  "stays through many heartbeats": async (it) => {
    const world = await it.open({ options: { pingInterval: 25, pingTimeout: 2_000 } });
    const { client, server } = await world.pair();
    const reasons: unknown[] = [];
    client.on("disconnect", (reason) => reasons.push(reason));
    await collect(server.conn, "heartbeat", 5);
    return [client.connected, reasons];
  },

  "a client that does not get through is told why": async (it) => {
    const world = await it.open();
    await world.stop();
    const client = await world.client("", { reconnection: false });
    const failed = next<[Error]>(client, "connect_error");
    client.connect();
    const [error] = await failed;
    return [error instanceof Error, client.active, client.connected];
  },
});
