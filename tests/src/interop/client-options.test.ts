// The options of the client, one by one: whatever npm's pair shows, each pairing with Hawser must show as well.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, it } from "node:test";
import * as msgpack from "socket.io-msgpack-parser";
import { loadClient, loadServer } from "../support/pairing.ts";
import type {
  ClientOptions,
  ClientSocket,
  Maker,
  Server,
  ServerOptions,
} from "../support/pairing.ts";
import { next, within } from "../support/wait.ts";

type Client = Awaited<ReturnType<typeof loadClient>>;

/** One server, the requests that it saw, and clients that end with the test. */
interface Stage {
  client: Client;
  url: string;
  server: Server;
  requests: IncomingMessage[];
  connect: (this: void, options?: Partial<ClientOptions>, path?: string) => ClientSocket;
}

interface Case {
  options?: Partial<ServerOptions>;
  /** What can be seen, in a form that can be compared. */
  look: (this: void, stage: Stage) => Promise<unknown>;
}

const last = (stage: Stage): URL => new URL(stage.requests.at(-1)!.url!, "http://x");
const params = (url: URL): Record<string, string> => Object.fromEntries(url.searchParams);
const parser = msgpack as unknown as NonNullable<ClientOptions["parser"]>;

async function failure(socket: ClientSocket): Promise<unknown> {
  const [error] = await next<[Error & { type?: string; description?: unknown }]>(
    socket,
    "connect_error",
  );
  const { message, type, description } = error;
  return { message, type, description: typeof description === "number" ? description : "an event" };
}

const cases: Record<string, Case> = {
  "transports as classes": {
    async look({ client, connect }) {
      const socket = connect({ transports: [client.Fetch, client.NodeWebSocket] as never });
      const [transport] = await next<[{ name: string }]>(socket.io.engine, "upgrade");
      return [transport.name, await socket.emitWithAck("echo", "€")];
    },
  },
  "NodeXHR alone": {
    async look({ client, connect }) {
      const socket = connect({ transports: [client.NodeXHR] as never });
      return [await socket.emitWithAck("echo", [null, { a: 1 }]), socket.io.engine.transport.name];
    },
  },
  "extraHeaders over polling": {
    async look(stage) {
      const extraHeaders = { "x-one": "1" };
      await next(stage.connect({ transports: ["polling"], extraHeaders }), "connect");
      return stage.requests.map(({ headers }) => headers["x-one"]).slice(0, 2);
    },
  },
  "extraHeaders and protocols over websocket": {
    async look(stage) {
      const socket = stage.connect({
        transports: ["websocket"],
        extraHeaders: { "x-one": "1" },
        protocols: ["a", "b"],
      });
      await next(socket, "connect");
      const { headers } = stage.requests.at(-1)!;
      return [headers["x-one"], headers["sec-websocket-protocol"]];
    },
  },
  "compression is offered": {
    async look(stage) {
      await next(stage.connect({ transports: ["websocket"] }), "connect");
      const offered = stage.requests.at(-1)!.headers["sec-websocket-extensions"] ?? "";
      return offered.includes("permessage-deflate");
    },
  },
  "compression, and a message without": {
    options: { perMessageDeflate: { threshold: 10 } },
    async look({ connect }) {
      const socket = connect({ transports: ["websocket"] });
      const text = "hawser ".repeat(1000);
      return [
        await socket.emitWithAck("echo", text),
        await socket.compress(false).emitWithAck("echo", text),
      ];
    },
  },
  "a query in the address": {
    async look(stage) {
      await next(stage.connect({ transports: ["polling"] }, "/?a=1&b=x%20y"), "connect");
      const { t, sid, ...others } = params(last(stage));
      return [others, typeof t, typeof sid];
    },
  },
  "a query as an option": {
    async look(stage) {
      await next(stage.connect({ transports: ["websocket"], query: { a: 1, é: "ü" } }), "connect");
      return params(last(stage));
    },
  },
  "timestampRequests and timestampParam": {
    async look(stage) {
      const none = stage.connect({ transports: ["polling"], timestampRequests: false });
      await next(none, "connect");
      const without = Object.keys(params(last(stage))).toSorted();
      none.disconnect();
      const socket = stage.connect({
        transports: ["websocket"],
        timestampRequests: true,
        timestampParam: "stamp",
      });
      await next(socket, "connect");
      const asked = stage.requests.find(({ url }) => url?.includes("transport=websocket"));
      return [without, Object.keys(params(new URL(asked!.url!, "http://x"))).toSorted()];
    },
  },
  "transportOptions win": {
    async look(stage) {
      const socket = stage.connect({
        extraHeaders: { "x-one": "general" },
        transportOptions: { websocket: { extraHeaders: { "x-one": "special" } } },
      });
      await next(socket.io.engine, "upgrade");
      const seen = stage.requests.map(({ headers }) => headers["x-one"]);
      return [seen[0], seen.includes("special")];
    },
  },
  "addTrailingSlash: false": {
    options: { addTrailingSlash: false },
    async look(stage) {
      const socket = stage.connect({ transports: ["websocket"], addTrailingSlash: false });
      await next(socket, "connect");
      return last(stage).pathname;
    },
  },
  "cookies with withCredentials": {
    options: { cookie: { name: "c", path: "/" } },
    async look(stage) {
      const socket = stage.connect({ withCredentials: true });
      await next(socket.io.engine, "upgrade");
      const id = socket.io.engine.id;
      return stage.requests.slice(1).every(({ headers }) => headers.cookie === `c=${id}`);
    },
  },
  "no cookies without": {
    options: { cookie: true },
    async look(stage) {
      await next(stage.connect({ transports: ["polling"] }), "connect");
      return stage.requests.some(({ headers }) => headers.cookie);
    },
  },
  "the parser socket.io-msgpack-parser": {
    options: { parser },
    async look({ connect }) {
      const socket = connect({ parser });
      const bytes: unknown = await socket.emitWithAck("echo", Buffer.from([1, 2]));
      return [await socket.emitWithAck("echo", { a: [1, null, "€"] }), [...(bytes as Uint8Array)]];
    },
  },
  forceBase64: {
    async look(stage) {
      const socket = stage.connect({ transports: ["polling"], forceBase64: true });
      const bytes: unknown = await socket.emitWithAck("echo", Buffer.from([1, 2]));
      return [[...(bytes as Uint8Array)], params(last(stage))["b64"]];
    },
  },
  tryAllTransports: {
    options: { transports: ["websocket"] },
    async look({ connect }) {
      const socket = connect({ tryAllTransports: true });
      await next(socket, "connect");
      return socket.io.engine.transport.name;
    },
  },
  rememberUpgrade: {
    async look({ connect }) {
      await next(connect().io.engine, "upgrade");
      const second = connect({ rememberUpgrade: true });
      const { name } = second.io.engine.transport;
      await next(second, "connect");
      return name;
    },
  },
  "a transport that the server refuses": {
    options: { transports: ["websocket"] },
    look: ({ connect }) => failure(connect({ transports: ["polling"], reconnection: false })),
  },
  "a websocket that the server refuses": {
    options: { transports: ["polling"] },
    look: ({ connect }) => failure(connect({ transports: ["websocket"], reconnection: false })),
  },
  "no transport at all": {
    async look({ connect }) {
      const socket = connect({ transports: [], reconnection: false });
      const [error] = await next<[Error | string]>(socket, "connect_error");
      return typeof error === "string" ? error : error.message;
    },
  },
  "sharing and not sharing a connection": {
    async look({ client, url }) {
      const idle = { autoConnect: false };
      const a = client.io(`${url}/a`, idle);
      const b = client.io(`${url}/b`, idle);
      const again = client.io(`${url}/a`, idle);
      const alone = client.io(`${url}/c`, { ...idle, multiplex: false });
      const elsewhere = client.io(`${url}/d`, { ...idle, path: "/other" });
      return [a.io === b.io, a.io === again.io, a.io === alone.io, a.io === elsewhere.io];
    },
  },
  "reserved names": {
    async look({ connect }) {
      const socket = connect({ autoConnect: false });
      return ["connect", "disconnecting", "newListener"].map((name) => {
        try {
          return socket.emit(name) && "sent";
        } catch (error) {
          return (error as Error).message;
        }
      });
    },
  },
  "retries with ackTimeout": {
    async look({ connect, server }) {
      const seen: unknown[] = [];
      server.on("connection", (socket) =>
        socket.on("task", (name: unknown, done: () => void) => {
          seen.push(name);
          // The first attempt gets no answer.
          if (seen.length > 1) done();
        }),
      );
      const socket = connect({ retries: 3, ackTimeout: 1000 });
      await within(
        "both",
        Promise.all([socket.emitWithAck("task", "a"), socket.emitWithAck("task", "b")]),
      );
      return seen;
    },
  },
  "auth as a function, and the error of a middleware": {
    async look({ connect, server }) {
      server.use((socket, go) =>
        go(
          socket.handshake.auth["token"] === "t"
            ? undefined
            : Object.assign(new Error("no"), { data: 1 }),
        ),
      );
      const good = connect({ auth: (give) => give({ token: "t" }) });
      await next(good, "connect");
      const bad = connect({ auth: { token: "x" } });
      const [error] = await next<[Error & { data?: unknown }]>(bad, "connect_error");
      return [good.connected, error.message, error.data, bad.active];
    },
  },
};

async function observe(client: Maker, server: Maker, { options, look }: Case): Promise<unknown> {
  const { Server } = await loadServer(server);
  const module = await loadClient(client);
  const requests: IncomingMessage[] = [];
  const http: HttpServer = createServer();
  const io = new Server(http, options);
  for (const event of ["request", "upgrade"]) {
    // Without a listener Node takes an upgrade for a plain request.
    if (http.listenerCount(event) === 0) continue;
    http.prependListener(event, (request: IncomingMessage) => requests.push(request));
  }
  io.on("connection", (socket) =>
    socket.on("echo", (value: unknown, done: (value: unknown) => void) => done(value)),
  );
  const lines = new Set<Socket>();
  http.on("connection", (line: Socket) => lines.add(line));
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const sockets: ClientSocket[] = [];
  const connect: Stage["connect"] = (given, path = "/") => {
    const socket = module.io(url + path, { forceNew: true, reconnectionDelay: 20, ...given });
    sockets.push(socket);
    return socket;
  };
  try {
    return await look({ client: module, url, server: io, requests, connect });
  } finally {
    for (const socket of sockets) socket.disconnect();
    const closed = io.close();
    for (const line of lines) line.destroy();
    await closed;
  }
}

const pairings: [Maker, Maker][] = [
  ["hawser", "socket.io"],
  ["hawser", "hawser"],
  ["socket.io", "hawser"],
];

describe("options of the client, as npm's pair shows them", () => {
  for (const [name, each] of Object.entries(cases)) {
    it(name, async () => {
      const expected = await observe("socket.io", "socket.io", each);
      for (const [client, server] of pairings) {
        assert.deepEqual(await observe(client, server, each), expected, `${client} to ${server}`);
      }
    });
  }
});
