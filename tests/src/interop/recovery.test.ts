// Connection state recovery for clients as they are: npm's and Hawser's, over every transport.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ours, transportModes } from "../support/pairing.ts";
import type { ClientSocket, Maker, ServerSocket, TransportMode } from "../support/pairing.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import type { Cut } from "../support/cutting-proxy.ts";
import { randomOf } from "../support/random.ts";
import { next, until } from "../support/wait.ts";
import { World } from "../support/world.ts";

// npm's server fails at these; that Hawser does not is its promise.
const hawserOnly = ours === "hawser" ? false : "a promise of Hawser alone";

/** What a client heard, and how often it was told that something may be lost. */
class Hearing {
  readonly numbers: number[] = [];
  fresh = 0;

  constructor(client: ClientSocket) {
    client.on("connect", () => (this.fresh += client.recovered ? 0 : 1));
    client.on("n", (n: number) => this.numbers.push(n));
  }
}

/** Where sessions and missed messages are kept: by the adapter, or in the log of durable delivery. */
const keepers = ours === "hawser" ? (["adapter", "log"] as const) : (["adapter"] as const);

function recovers(client: Maker, mode: TransportMode, keeper: "adapter" | "log"): void {
  describe(`${client} over ${mode}, sessions kept by the ${keeper}`, () => {
    let world: World;
    let proxy: CuttingProxy;
    const sockets: ServerSocket[] = [];
    before(async () => {
      world = await World.open({
        server: ours,
        client,
        mode,
        // A client whose line dies in the midst of an upgrade may only learn it from a missing ping.
        options: {
          connectionStateRecovery: {},
          pingInterval: 1_000,
          pingTimeout: 1_000,
          ...(keeper === "log" ? { delivery: {} } : {}),
        },
        setup: (io) => io.on("connection", (socket) => sockets.push(socket)),
      });
      proxy = await CuttingProxy.to(world.port);
    });
    after(async () => {
      proxy.close();
      await world.close();
    });

    /** A connected client behind the proxy, and its socket. */
    async function join(): Promise<{ socket: ClientSocket; peer: ServerSocket; heard: Hearing }> {
      // npm's client waits for this when a line dies between its opening and the first packet.
      const socket = await world.client("", { timeout: 500 });
      (socket.io as unknown as { uri: string }).uri = proxy.url;
      const heard = new Hearing(socket);
      const connected = next(socket, "connect");
      socket.connect();
      await connected;
      return { socket, peer: sockets.at(-1)!, heard };
    }

    /** Between two polls there is no line to break. */
    async function breakLine(socket: ClientSocket, cut: Cut): Promise<void> {
      let broken = false;
      socket.once("disconnect", () => (broken = true));
      await until("the client notices", () => {
        if (!broken) proxy.cut(cut);
        return broken;
      });
    }

    it("gives back id, rooms and data, and what was missed, in order", async () => {
      const { socket, peer, heard } = await join();
      const { id } = socket;
      await peer.join("room");
      peer.data = { name: "ann" };
      world.io.emit("n", 1);
      await until("the first has come", () => heard.numbers.length === 1);
      const gone = next(peer, "disconnect");
      await breakLine(socket, "reset");
      await gone;
      world.io.to("room").emit("n", 2);
      world.io.to("elsewhere").emit("n", -1);
      world.io.to(id!).emit("n", 3);
      await until("the others have come", () => heard.numbers.length === 3);
      assert.deepEqual(heard.numbers, [1, 2, 3]);
      assert.deepEqual([socket.recovered, socket.id], [true, id]);
      const back = sockets.at(-1)!;
      assert.deepEqual(back.data, { name: "ann" });
      assert.ok(back.recovered && back.rooms.has("room"));
      socket.disconnect();
    });

    it("recovers before any event, and twice in a row", { skip: hawserOnly }, async () => {
      const { socket, heard } = await join();
      for (const n of [1, 2]) {
        const connected = next(socket, "connect");
        await breakLine(socket, "reset");
        await connected;
        world.io.emit("n", n);
        await until("it has come", () => heard.numbers.length === n);
      }
      assert.deepEqual(heard.numbers, [1, 2]);
      assert.equal(heard.fresh, 1);
      socket.disconnect();
    });

    it(
      "closes the older line when the server did not notice its end",
      { skip: hawserOnly },
      async () => {
        const { socket, peer, heard } = await join();
        const connected = next(socket, "connect");
        await breakLine(socket, "unnoticed");
        world.io.emit("n", 1);
        await connected;
        world.io.emit("n", 2);
        await until("both have come", () => heard.numbers.length === 2);
        assert.deepEqual(heard.numbers, [1, 2]);
        assert.equal(heard.fresh, 1);
        assert.equal(peer.connected, false);
        assert.equal(world.io.sockets.sockets.size, 1);
        socket.disconnect();
      },
    );

    it(
      "hands out each event once and in order, wherever lines are cut",
      { skip: hawserOnly },
      async () => {
        await storm(world, proxy, join);
      },
    );
  });
}

const clientsInStorm = 3;
const eventsInStorm = 400;
const seed = Number(process.env["HAWSER_TEST_SEED"] ?? 7);

/** Counted events, with strings at their ends and volatile ones between, while lines break at any byte. */
async function storm(
  world: World,
  proxy: CuttingProxy,
  join: () => Promise<{ socket: ClientSocket; heard: Hearing }>,
): Promise<void> {
  const random = randomOf(seed);
  proxy.cuts = 0;
  const peers = [];
  for (let made = 0; made < clientsInStorm; made += 1) peers.push(await join());
  proxy.budget = () => ({
    bytes: random(3_000),
    cut: random(10) < 3 ? "unnoticed" : "reset",
  });
  proxy.cut("reset");
  for (let n = 0; n < eventsInStorm; n += 1) {
    world.io.emit("n", n, "a string of the application");
    if (n % 5 === 0) world.io.volatile.emit("volatile", "another");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  proxy.budget = () => ({ bytes: Infinity, cut: "reset" });
  proxy.cut("reset");
  for (const { socket, heard } of peers) {
    await until("the last has come", () => heard.numbers.at(-1) === eventsInStorm - 1);
    const repeated = heard.numbers.filter((n, at) => at > 0 && n <= heard.numbers[at - 1]!);
    assert.deepEqual(repeated, [], `seed ${seed}`);
    // Nothing is missing, unless the client was told that it has a new session.
    if (heard.fresh === 1) assert.equal(heard.numbers.length, eventsInStorm, `seed ${seed}`);
    socket.disconnect();
  }
  assert.ok(proxy.cuts > 10, `only ${proxy.cuts} cuts`);
}

for (const keeper of keepers) {
  for (const client of ["socket.io", "hawser"] as const) {
    for (const mode of transportModes) recovers(client, mode, keeper);
  }
}
