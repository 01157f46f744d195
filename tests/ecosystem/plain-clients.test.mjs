// Clients of the plain dialect behind unchanged adapters for several nodes: two nodes of ours, and one of npm's own
// socket.io.
import assert from "node:assert/strict";
import { get } from "node:http";
import { after, before, describe, it } from "node:test";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { Server as OriginalServer } from "original-server";
import { hawserServer } from "./support/alias.mjs";
import { noRedis, startRedis } from "./support/redis.mjs";
import { World, portOf, until } from "./support/world.mjs";

const { Server } = hawserServer();
const ackMs = 4_000;

/** A plain client with nothing but what Node has. Its `heard` are [event, ...arguments]; bytes as hexadecimal text. */
async function plainClient(world, io) {
  const ws = new WebSocket(`ws://127.0.0.1:${portOf(io)}/hawser/ws?connect`);
  ws.binaryType = "arraybuffer";
  world.onEnd(() => ws.close());
  const client = { heard: [], id: undefined, gone: false };
  let header;
  const take = ({ event, data = [], id }) => {
    if (event === "ask") ws.send(JSON.stringify({ ack: id, data: ["plain", ...data] }));
    else client.heard.push([event, ...data]);
  };
  ws.onclose = () => (client.gone = true);
  ws.onmessage = ({ data }) => {
    if (typeof data !== "string") {
      take({ ...header, data: [Buffer.from(data).toString("hex")] });
      return;
    }
    const message = JSON.parse(data);
    if (message.connected) client.id = message.connected.id;
    if (message.binary) header = message;
    else if (message.event) take(message);
  };
  await until("the plain client is connected", () => client.id);
  return client;
}

async function reader(world, io) {
  const client = { heard: [], id: undefined, gone: false };
  const outgoing = get(`http://127.0.0.1:${portOf(io)}/hawser/sse?room=room`, (incoming) => {
    let rest = "";
    incoming.on("close", () => (client.gone = true));
    incoming.setEncoding("utf8").on("data", (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop();
      for (const line of lines.filter((it) => it.startsWith("data: "))) {
        const { connected, event, data = [] } = JSON.parse(line.slice(6));
        if (connected) client.id = connected.id;
        if (event === undefined) continue;
        const bytes = data[0]?.$base64;
        client.heard.push([
          event,
          ...(bytes ? [Buffer.from(bytes, "base64").toString("hex")] : data),
        ]);
      }
    });
  });
  outgoing.on("error", () => {});
  world.onEnd(() => outgoing.destroy());
  await until("the stream is connected", () => client.id);
  return client;
}

async function socketIoClient(world, io) {
  const socket = await world.client(io);
  const client = { heard: [], id: socket.id, gone: false };
  socket.onAny((event, ...args) => {
    if (event === "ask") args.pop()("npm", ...args);
    else
      client.heard.push([
        event,
        ...args.map((it) => (Buffer.isBuffer(it) ? it.toString("hex") : it)),
      ]);
  });
  socket.on("disconnect", () => (client.gone = true));
  return client;
}

const adapters = {
  "@socket.io/redis-adapter": async (redis) =>
    createAdapter(await redis.client(), await redis.client()),
  "@socket.io/redis-adapter, sharded": async (redis) =>
    createShardedAdapter(await redis.client(), await redis.client()),
  "@socket.io/redis-streams-adapter": async (redis) =>
    createStreamsAdapter(await redis.client(), { blockTimeInMs: 100 }),
};

for (const [name, adapterFor] of Object.entries(adapters)) {
  describe(`plain clients and ${name}`, { skip: noRedis }, () => {
    const world = new World();
    let nodes, clients;

    before(async () => {
      const redis = await startRedis(world);
      const join = (io) => io.on("connection", (socket) => socket.join("room"));
      const ours = async () => {
        const options = { plain: true, sse: true, subscribe: () => true };
        return world.server(Server, { ...options, adapter: await adapterFor(redis) });
      };
      const original = await world.server(OriginalServer, { adapter: await adapterFor(redis) });
      assert.ok(!("badInput" in original), "the third node is npm's own");
      nodes = [await ours(), await ours(), original];
      nodes.forEach(join);
      await until("the nodes see each other", async () => {
        return (await nodes[0].of("/").adapter.serverCount()) === 3;
      });
      clients = {
        "plain on a": await plainClient(world, nodes[0]),
        "plain on b": await plainClient(world, nodes[1]),
        "sse on b": await reader(world, nodes[1]),
        "npm on a": await socketIoClient(world, nodes[0]),
        "npm on c": await socketIoClient(world, nodes[2]),
      };
    });
    after(() => world.end());

    it("what any node says to a room reaches all, on whichever node they are", async () => {
      const expected = [];
      for (const [at, node] of nodes.entries()) {
        node.to("room").emit("text", at, { deep: ["größe"] });
        node.to("room").emit("bytes", Buffer.from([at, 255]));
        expected.push(["text", at, { deep: ["größe"] }], ["bytes", `0${at}ff`]);
        for (const [who, { heard }] of Object.entries(clients)) {
          await until(`${who} hears node ${at}`, () => heard.length === expected.length);
        }
      }
      for (const [who, { heard }] of Object.entries(clients))
        assert.deepEqual(heard, expected, who);
    });

    it("each is found, left out, and reached alone, from every node", async () => {
      for (const node of nodes) {
        const found = await node.in("room").fetchSockets();
        const ids = Object.values(clients).map(({ id }) => id);
        assert.deepEqual(new Set(found.map(({ id }) => id)), new Set(ids));
        for (const left of Object.values(clients)) {
          const before = Object.values(clients).map(({ heard }) => heard.length);
          node.to("room").except(left.id).emit("others");
          node.to(left.id).emit("alone");
          await until("all have heard one", () => {
            return Object.values(clients).every(({ heard }, at) => heard.length > before[at]);
          });
          for (const client of Object.values(clients)) {
            assert.deepEqual(client.heard.at(-1), [client === left ? "alone" : "others"]);
          }
        }
      }
    });

    it("they answer what other nodes ask", async () => {
      const ids = ["plain on a", "plain on b", "npm on c"].map((who) => clients[who].id);
      for (const node of nodes) {
        const answers = await node.to(ids).timeout(ackMs).emitWithAck("ask", 1);
        assert.deepEqual(answers.toSorted(), ["npm", "plain", "plain"]);
      }
    });

    it("and are disconnected from npm's own node", async () => {
      nodes[2].in("room").disconnectSockets(true);
      for (const [who, client] of Object.entries(clients)) {
        await until(`${who} is gone`, () => client.gone);
      }
    });
  });
}
