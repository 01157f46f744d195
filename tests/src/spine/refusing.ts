import assert from "node:assert/strict";
import { it } from "node:test";
import { next } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

class Refusal extends Error {
  data = { code: "E_TOKEN", retry: [1, 2] };
}

export function refusing({ open }: Spine): void {
  it("a middleware refuses with a message and data; the client is told and stays away", async (t) => {
    const world = await open(t, {
      setup: (io) => {
        io.use((_socket, proceed) => proceed(new Refusal("bad token")));
        io.on("connection", () => assert.fail("a refused socket was let in"));
      },
    });
    const client = await world.client();
    const refused = next<[Error & { data?: unknown }]>(client, "connect_error");
    client.connect();
    const [error] = await refused;
    assert.equal(error.message, "bad token");
    assert.deepEqual(error.data, { code: "E_TOKEN", retry: [1, 2] });
    assert.equal(client.active, false);
    assert.equal(client.connected, false);
    assert.equal(world.io.of("/").sockets.size, 0);
  });

  it("lets the client in when it comes back with what is asked for", async (t) => {
    const world = await open(t, {
      setup: (io) => {
        io.use((socket, proceed) => {
          const { token } = socket.handshake.auth as { token?: string };
          proceed(token === "good" ? undefined : new Error("bad token"));
        });
      },
    });
    const client = await world.client("", { auth: { token: "bad" } });
    client.once("connect_error", () => {
      client.auth = { token: "good" };
      client.connect();
    });
    const connected = next(client, "connect");
    client.connect();
    await connected;
    assert.deepEqual(world.serverSide(client)?.handshake.auth, { token: "good" });
  });

  it("runs middlewares in order, then connection; async ones are waited for", async (t) => {
    const seen: string[] = [];
    const world = await open(t, {
      setup: (io) => {
        io.use((_socket, proceed) => {
          seen.push("one");
          setImmediate(proceed);
        });
        io.use((_socket, proceed) => {
          seen.push("two");
          proceed();
        });
        io.on("connection", () => seen.push("connection"));
      },
    });
    await world.connect();
    assert.deepEqual(seen, ["one", "two", "connection"]);
  });

  it("leaves the rooms that a refused socket had joined", async (t) => {
    const world = await open(t, {
      setup: (io) => {
        io.use(async (socket, proceed) => {
          await socket.join("hall");
          proceed(new Error("no"));
        });
      },
    });
    const client = await world.client();
    const refused = next(client, "connect_error");
    client.connect();
    await refused;
    assert.equal(world.io.of("/").adapter.rooms.size, 0);
  });

  it("allowRequest refuses the request itself", async (t) => {
    const world = await open(t, {
      options: { allowRequest: (_request, decide) => decide("go away", false) },
    });
    const client = await world.client("", { reconnection: false });
    const refused = next<[Error]>(client, "connect_error");
    client.connect();
    const [error] = await refused;
    assert.match(error.message, /xhr poll error|websocket error|polling|transport/i);
    assert.equal(client.connected, false);
  });
}
