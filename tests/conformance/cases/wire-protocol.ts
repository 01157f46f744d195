import { section } from "../harness/case.ts";
import { nextMessage, rawWebSocket } from "../harness/raw.ts";
import { next, until } from "../harness/tools.ts";
import type { Case } from "../harness/case.ts";
import type { Raw } from "../harness/raw.ts";
import type { Stage } from "../harness/stage.ts";
import type { ServerOptions, ServerSocket } from "../../src/support/pairing.ts";
import type { World } from "../../src/support/world.ts";

const onWebSocket = (run: Case["run"]): Case => ({ run, of: "server", modes: ["websocket"] });
const onPolling = (run: Case["run"]): Case => ({ run, of: "server", modes: ["polling"] });

/** Ids and pids inside of packets. */
const plain = (packet: unknown): unknown =>
  typeof packet === "string"
    ? packet.replaceAll(/"(sid|pid)":"[^"]+"/g, '"$1":"…"').replaceAll(/"[\w.-]{7,20}"\]$/g, '"…"]')
    : packet;

async function open(it: Stage, options: Partial<ServerOptions> = {}): Promise<[World, Raw]> {
  const world = await it.open({
    options,
    setup: (io) => {
      io.on("connection", (socket) => {
        socket.emit("auth", socket.handshake.auth);
        socket.on("message", (...args) => socket.emit("message-back", ...args));
        socket.on("message-with-ack", (...args) => args.at(-1)(...args.slice(0, -1)));
      });
      io.of("/custom").on("connection", (socket) => socket.emit("auth", socket.handshake.auth));
    },
  });
  const raw = await rawWebSocket(world.port);
  it.after(() => raw.close());
  return [world, raw];
}

/** What comes after each of what is sent; as many messages as are told. */
async function talk(raw: Raw, sent: string | Uint8Array, answers: number): Promise<unknown[]> {
  const from = raw.got.length;
  raw.send(sent);
  await until("the answers have come", () => raw.got.length >= from + answers);
  return raw.got.slice(from).map(plain);
}

/** How a line ends after something was sent: with what came last, and the code. */
async function ending(raw: Raw, ...sent: (string | Uint8Array)[]): Promise<unknown> {
  const closed = next(raw.socket, "close");
  for (const each of sent) raw.send(each);
  const [code] = await closed;
  return [raw.got.map(plain), code];
}

/** A session over plain HTTP. */
async function overHttp(world: World): Promise<{
  sid: string;
  post: (body: string) => Promise<unknown>;
  poll: () => Promise<unknown>;
  /** What a poll gets, as it is. */
  packets: () => Promise<string[]>;
}> {
  const base = `${world.url}/socket.io/?EIO=4&transport=polling`;
  const opened = await (await fetch(base)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const url = `${base}&sid=${sid}`;
  return {
    sid,
    async post(body) {
      const answer = await fetch(url, { method: "POST", body });
      return [answer.status, await answer.text()];
    },
    async poll() {
      const answer = await fetch(url);
      return [answer.status, (await answer.text()).split("\u001e").map(plain)];
    },
    async packets() {
      return (await (await fetch(url)).text()).split("\u001e");
    },
  };
}

const invalid = [
  "4abc",
  "4",
  "47",
  '42{"an":"object"}',
  "42[]",
  '42["connect"]',
  '42["disconnect"]',
  "42[null]",
  "42[{}]",
  '42["x"',
  '44"an error"',
  '45["no count"]',
  '451-{"not":"a list"}',
  '45abc-["x"]',
  '40/custom,"text"',
  "40/custom,[]",
  "41extra",
  '4399999999["an id that nobody waits for"]',
  "5",
  "6unexpected",
  "x",
];

export const wireProtocol = section("The protocol on the wire", "socket-io-protocol/", {
  "connect, with and without auth": onWebSocket(async (it) => {
    const [, one] = await open(it);
    const [, two] = await open(it);
    return [await talk(one, "40", 2), await talk(two, '40{"token":"123"}', 2)];
  }),

  "connect to a namespace with a query behind its name": {
    ...onWebSocket(async (it) => {
      const [, raw] = await open(it);
      return (await talk(raw, '40/custom?q=1,{"abc":"éà"}', 1))[0];
    }),
    differs: {
      what: "a query behind the name of a namespace in a CONNECT packet, which only old clients of protocol 4 send",
      socketIo: "belongs to the name: an invalid namespace",
      hawser: "is no part of the name",
      why: "the specification of the protocol says so",
      expected: { server: '40/custom,{"sid":"…"}' },
    },
  },

  "connect to a namespace, with auth": onWebSocket(async (it) => {
    const [, raw] = await open(it);
    return [
      await talk(raw, "40/custom,", 2),
      await talk(raw, '40{"a":1}', 2),
      await talk((await open(it))[1], "40/custom", 2),
    ];
  }),

  "an unknown namespace": onWebSocket(async (it) => {
    const [, raw] = await open(it);
    return [await talk(raw, "40/random", 1), await talk(raw, '40/random,{"a":1}', 1)];
  }),

  "events, acknowledgements, namespaces": onWebSocket(async (it) => {
    const [, raw] = await open(it);
    await talk(raw, "40", 2);
    return [
      await talk(raw, '42["message",1,"2",{"3":[true]}]', 1),
      await talk(raw, '42456["message-with-ack",1,"2",{"3":[false]}]', 1),
      await talk(raw, '42["message"]', 1),
      await talk(raw, '42/,["message","with the slash"]', 1).catch(() => "nothing"),
    ];
  }),

  "binary events and acknowledgements": onWebSocket(async (it) => {
    const [, raw] = await open(it);
    await talk(raw, "40", 2);
    raw.send('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
    raw.send(Uint8Array.from([1, 2, 3]));
    const first = await talk(raw, Uint8Array.from([4, 5, 6]), 3);
    raw.send(
      '452-789["message-with-ack",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]',
    );
    raw.send(Uint8Array.from([1]));
    return [first, await talk(raw, Uint8Array.from([2]), 3)];
  }),

  "disconnect from a namespace, and come again": onWebSocket(async (it) => {
    const [world, raw] = await open(it);
    await talk(raw, "40", 2);
    await talk(raw, "40/custom,", 2);
    raw.send("41/custom,");
    await until("it has left", () => world.io.of("/custom").sockets.size === 0);
    return [await talk(raw, '42["message","still"]', 1), await talk(raw, "40/custom,", 2)];
  }),

  "the server's disconnect": onWebSocket(async (it) => {
    const [world, raw] = await open(it);
    await talk(raw, "40/custom,", 2);
    const from = raw.got.length;
    world.io.of("/custom").disconnectSockets();
    await until("it has come", () => raw.got.length > from);
    return raw.got.slice(from);
  }),

  "what a server emits": onWebSocket(async (it) => {
    const [world, raw] = await open(it);
    const connected = next<[ServerSocket]>(world.io, "connection");
    await talk(raw, "40", 2);
    const [socket] = await connected;
    const from = raw.got.length;
    socket.emit("a");
    socket.emit("é", 1, "two", null, { 3: [] });
    world.io.emit("all", Buffer.from([1]), { deep: [Buffer.from([2])] });
    socket.emit("ack", (): void => undefined);
    socket.timeout(60_000).emit("ack", Buffer.from([3]), (): void => undefined);
    world.io.of("/").to(socket.id).emit("to", "x");
    await until("all has come", () => raw.got.length >= from + 8);
    return raw.got.slice(from);
  }),

  "a refusal by a middleware": onWebSocket(async (it) => {
    const [world, raw] = await open(it);
    world.io.of("/a").use((_socket, go) => go(new Error("plain")));
    world.io.of("/b").use((_socket, go) => go(Object.assign(new Error("more"), { data: [1] })));
    return [await talk(raw, "40/a,", 1), await talk(raw, "40/b,", 1), await talk(raw, "40", 2)];
  }),

  "an acknowledgement without an id": {
    ...onWebSocket(async (it) => {
      const [, raw] = await open(it);
      await talk(raw, "40", 2);
      const closed = next(raw.socket, "close").then(() => "closed");
      raw.send('43["no id"]');
      raw.send('42["message","sync"]');
      return Promise.race([closed, until("an answer", () => raw.got.length > 2)]);
    }),
    differs: {
      what: "an acknowledgement without an id, which no client sends",
      socketIo: "ignored",
      hawser: "closes the connection, as any other invalid packet",
      why: "it cannot be an answer to anything",
      expected: { server: "closed" },
    },
  },

  "a second CONNECT ends the line": onWebSocket(async (it) => {
    const [, raw] = await open(it);
    await talk(raw, "40", 2);
    return ending(raw, "40");
  }),

  "an event before CONNECT ends the line": onWebSocket(async (it) => {
    const [, raw] = await open(it);
    return ending(raw, '42["message"]');
  }),

  "binary that nothing announced ends the line": onWebSocket(async (it) => {
    const [, raw] = await open(it);
    await talk(raw, "40", 2);
    return ending(raw, Uint8Array.from([1, 2, 3]));
  }),

  "text in the place of an attachment ends the line": onWebSocket(async (it) => {
    const [, raw] = await open(it);
    await talk(raw, "40", 2);
    return ending(raw, '451-["message",{"_placeholder":true,"num":0}]', '42["message"]');
  }),

  ...Object.fromEntries(
    invalid.map((sent) => [
      `what becomes of ${sent}`,
      onWebSocket(async (it) => {
        const [, raw] = await open(it);
        await talk(raw, "40", 2);
        const closed = next(raw.socket, "close").then(([code]) => code);
        raw.send(sent);
        raw.send('42["message","sync"]');
        const going = until("an answer", () => raw.got.length > 2).then(() => plain(raw.got[2]));
        return Promise.race([closed, going]);
      }),
    ]),
  ),

  "over HTTP: connect, emit, poll": onPolling(async (it) => {
    const [world] = await open(it);
    const line = await overHttp(world);
    const seen = [await line.post("40"), await line.poll()];
    seen.push(await line.post('42["message","a"]\u001e42["message","b"]'), await line.poll());
    seen.push(
      await line.post('451-["message",{"_placeholder":true,"num":0}]\u001ebAQIDBA=='),
      await line.poll(),
    );
    return seen;
  }),

  "over HTTP: an invalid packet": onPolling(async (it) => {
    const [world] = await open(it);
    const line = await overHttp(world);
    await line.post("40");
    await line.poll();
    const seen = [await line.post("4abc")];
    const after = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling&sid=${line.sid}`);
    return [seen, [after.status, await after.text()]];
  }),

  "over HTTP: the server disconnects, then closes": onPolling(async (it) => {
    const [world] = await open(it);
    const line = await overHttp(world);
    const connected = next<[ServerSocket]>(world.io, "connection");
    await line.post("40");
    await line.poll();
    const [socket] = await connected;
    socket.disconnect(true);
    return line.poll();
  }),

  "with recovery: the greeting, offsets": onWebSocket(async (it) => {
    const [world, raw] = await open(it, { connectionStateRecovery: {} });
    const seen = await talk(raw, "40", 2);
    const from = raw.got.length;
    world.io.emit("all", 1);
    await until("it has come", () => raw.got.length > from);
    return [seen, raw.got.slice(from).map(plain)];
  }),

  "with recovery: a session that nobody knows": onWebSocket(async (it) => {
    const [, raw] = await open(it, { connectionStateRecovery: {} });
    const answer = await talk(raw, '40{"pid":"foo","offset":"bar","token":"t"}', 2);
    return answer;
  }),

  "with recovery: the order of what comes over HTTP": onPolling(async (it) => {
    const [world] = await open(it, { connectionStateRecovery: {} });
    const first = await overHttp(world);
    const connected = next<[ServerSocket]>(world.io, "connection");
    await first.post("40");
    const [socket] = await connected;
    const greeting = JSON.parse((await first.packets())[0]!.slice(2)) as { pid: string };
    world.io.emit("first");
    const offset = (JSON.parse((await first.packets())[0]!.slice(2)) as string[])[1];
    const gone = next(socket, "disconnect");
    await first.post("1");
    await gone;
    world.io.emit("missed", 1);
    world.io.to(socket.id).emit("missed", Buffer.from([2]));
    const again = await overHttp(world);
    await again.post(`40${JSON.stringify({ pid: greeting.pid, offset })}`);
    return (await again.packets()).filter((packet) => !packet.includes('"auth"')).map(plain);
  }),

  "with recovery: the order of what comes": {
    ...onWebSocket(async (it) => {
      const world = await it.open({ options: { connectionStateRecovery: {} } });
      const raw = await rawWebSocket(world.port);
      const connected = next<[ServerSocket]>(world.io, "connection");
      raw.send("40");
      const [socket] = await connected;
      const greeting = JSON.parse(String(await nextMessage(raw)).slice(2)) as { pid: string };
      const heard = nextMessage(raw);
      socket.emit("first");
      const [, offset] = JSON.parse(String(await heard).slice(2)) as [string, string];
      const gone = next(socket, "disconnect");
      raw.close();
      await gone;
      world.io.emit("missed", 1);
      const again = await rawWebSocket(world.port);
      it.after(() => again.close());
      again.send(`40${JSON.stringify({ pid: greeting.pid, offset })}`);
      await until("both have come", () => again.got.length === 2);
      return again.got.map((packet) => String(packet).slice(0, 4));
    }),
    differs: {
      what: "the order of a recovery over a websocket",
      socketIo:
        "missed events, then CONNECT. A client keeps them until it is connected, so that a line that dies between the two makes it hand them out twice",
      hawser:
        "CONNECT, then missed events: each is handed out once, and `connect` with `recovered` comes before them",
      why: "an event that is handed out twice is worse; over polling, where both stand in one body, the order is Socket.IO's",
      expected: { server: ['40{"', '42["'] },
    },
  },
});
