import { connect } from "node:net";
import { section } from "../harness/case.ts";
import { collect, next, thrown, turns, until } from "../harness/tools.ts";
import { EngineWorld, closeOf, engineCase, once, refusals } from "./engine-stage.ts";
import type { EngineSocket } from "./engine-stage.ts";

const page = "server-options/#low-level-engine-options";
const handshake = "EIO=4&transport=polling";

/** A session over polling without a client: what it says is what the case says. */
async function session(world: EngineWorld): Promise<{ sid: string; socket: EngineSocket }> {
  const connected = next<[EngineSocket]>(world.engine, "connection");
  const { body } = await world.ask(handshake);
  const [socket] = await connected;
  return { sid: (JSON.parse(body.slice(1)) as { sid: string }).sid, socket };
}

/** What comes over a websocket until it closes, and its code. */
async function websocket(world: EngineWorld, query: string, says: string[] = []): Promise<unknown> {
  const raw = new WebSocket(
    `ws://127.0.0.1:${world.port}/engine.io/?EIO=4&transport=websocket${query}`,
  );
  const heard: unknown[] = [];
  raw.addEventListener("message", ({ data }) =>
    heard.push(String(data).startsWith("0") ? "0" : (data as unknown)),
  );
  raw.addEventListener("open", () => {
    for (const text of says) raw.send(text);
  });
  await new Promise((resolve) => raw.addEventListener("close", resolve));
  return heard;
}

export const engineWire = section("Engine.IO alone: on the wire", page, {
  "packets of a POST, in order, and its answer": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    const heard = collect(socket, "message", 4);
    const body = "4one\x1ebAQID\x1e4\u20ac\x1e4four";
    const answer = await world.ask(`${handshake}&sid=${sid}`, { method: "POST", body });
    return [answer, await heard];
  }),

  "messages of a GET, in one body": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    socket.send("one");
    socket.send(Buffer.from([1, 2, 3]));
    socket.send("\u20ac");
    return world.ask(`${handshake}&sid=${sid}`);
  }),

  "a GET that waits, and is answered when there is something": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    const arrived = next(world.http, "request");
    const answer = world.ask(`${handshake}&sid=${sid}`);
    await arrived;
    await turns();
    const writable = socket.transport.writable;
    socket.send("at last");
    return [writable, await answer];
  }),

  "a close packet over polling": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    const ended = closeOf(socket);
    const arrived = next(world.http, "request");
    const waiting = world.ask(`${handshake}&sid=${sid}`);
    await arrived;
    const answer = await world.ask(`${handshake}&sid=${sid}`, { method: "POST", body: "1" });
    return [answer.status, answer.body, (await waiting).status, await ended];
  }),

  "the server closes while a GET waits, and while none does": once(async (it) => {
    const world = await EngineWorld.open(it);
    const answers = [];
    for (const waits of [true, false]) {
      const { sid, socket } = await session(world);
      const ended = closeOf(socket);
      const arrived = next(world.http, "request");
      const waiting = waits ? world.ask(`${handshake}&sid=${sid}`) : undefined;
      if (waits) await arrived;
      await turns();
      socket.close();
      const { body } = await (waiting ?? world.ask(`${handshake}&sid=${sid}`));
      answers.push([body.includes("1"), await ended, world.engine.clientsCount]);
    }
    return answers;
  }),

  "a session that has ended is not known": once(async (it) => {
    const world = await EngineWorld.open(it);
    const said = refusals(world.engine);
    const { sid, socket } = await session(world);
    await world.ask(`${handshake}&sid=${sid}`, { method: "POST", body: "1" });
    await until("it is closed", () => socket.readyState === "closed");
    const answer = await world.ask(`${handshake}&sid=${sid}`);
    return [answer, said.map(({ code, message }) => [code, message])];
  }),

  "a body that is too large": once(async (it) => {
    const world = await EngineWorld.open(it, { maxHttpBufferSize: 20 });
    const { sid, socket } = await session(world);
    let heard = 0;
    socket.on("message", () => (heard += 1));
    const { status } = await world.ask(`${handshake}&sid=${sid}`, {
      method: "POST",
      body: `4${"x".repeat(30)}`,
    });
    return [status, heard];
  }),

  "a GET that the client gives up ends the session": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    const ended = closeOf(socket);
    const arrived = next(world.http, "request");
    const line = connect(world.port, "127.0.0.1");
    line.write(`GET /engine.io/?${handshake}&sid=${sid} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await arrived;
    await turns();
    line.destroy();
    return [((await ended) as unknown[])[0], socket.readyState];
  }),

  "two GETs at once end the session": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    const ended = next(socket, "close");
    const arrived = next(world.http, "request");
    const first = world.ask(`${handshake}&sid=${sid}`);
    await arrived;
    await turns();
    const second = await world.ask(`${handshake}&sid=${sid}`);
    return [(await ended)[0], second.status, (await first).status];
  }),

  "a websocket with the id of one that has a websocket": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { client, socket } = await world.pair({ transports: ["websocket"] });
    const second = await websocket(world, `&sid=${client.id}`);
    const there = next(client, "message");
    socket.send("still here");
    return [second, (await there)[0], socket.readyState];
  }),

  "a websocket that asks for an upgrade and says something else": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    const heard = await websocket(world, `&sid=${sid}`, ["4hello"]);
    socket.send("over polling");
    return [heard, (await world.ask(`${handshake}&sid=${sid}`)).body, socket.upgraded];
  }),

  "a connection that ends while it is upgraded": once(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    const ended = closeOf(socket);
    const raw = new WebSocket(
      `ws://127.0.0.1:${world.port}/engine.io/?EIO=4&transport=websocket&sid=${sid}`,
    );
    await new Promise((resolve) => raw.addEventListener("open", resolve));
    raw.send("2probe");
    await new Promise((resolve) => raw.addEventListener("message", resolve));
    const closed = new Promise((resolve) => raw.addEventListener("close", resolve));
    await world.ask(`${handshake}&sid=${sid}`, { method: "POST", body: "1" });
    await closed;
    return [await ended, world.engine.clientsCount];
  }),

  "many messages both ways while it upgrades": engineCase(
    async (it) => {
      const world = await EngineWorld.open(it);
      const heard: unknown[] = [];
      const count = 200;
      const done = new Promise<void>((resolve) => {
        world.engine.on("connection", (socket) => {
          for (let n = 0; n < count; n += 1) setImmediate(() => socket.send(String(n)));
          socket.on("message", (data: unknown) => heard.push(data) === count && resolve());
        });
      });
      const client = world.client();
      const there = collect(client, "message", count);
      client.on("open", () => {
        for (let n = 0; n < count; n += 1) setImmediate(() => client.send(String(n)));
      });
      await done;
      const inOrder = (list: unknown[]): boolean => list.every((it, n) => it === String(n));
      return [inOrder(heard), inOrder(await there)];
    },
    { modes: ["polling upgraded"] },
  ),

  "callbacks of what never left are not called": engineCase(async (it) => {
    const world = await EngineWorld.open(it);
    const { sid, socket } = await session(world);
    let called = 0;
    socket.send("x", {}, () => (called += 1));
    await world.ask(`${handshake}&sid=${sid}`, { method: "POST", body: "1" });
    await until("it is closed", () => socket.readyState === "closed");
    const said = thrown(() => socket.send("y", {}, () => (called += 1)));
    await turns();
    return [called, said];
  }),

  "two engines on one HTTP server": engineCase(async (it) => {
    const world = await EngineWorld.open(it);
    const other = it.engine.attach(world.http, { path: "/other" });
    it.after(() => other.close());
    const here = await world.pair();
    const connected = next<[EngineSocket]>(other, "connection");
    const client = world.client({ path: "/other" });
    const [socket] = await connected;
    const heard = [next(here.client, "message"), next(client, "message")];
    here.socket.send("first");
    socket.send("second");
    return [
      (await Promise.all(heard)).map(([data]) => data),
      world.engine.clientsCount,
      other.clientsCount,
    ];
  }),
});
