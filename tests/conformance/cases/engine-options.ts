import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { gunzipSync, inflateSync } from "node:zlib";
import { section } from "../harness/case.ts";
import { collect, next, until } from "../harness/tools.ts";
import { EngineWorld, engineCase, once, refusals } from "./engine-stage.ts";

/** A client of revision 3, whose package has no types. */
const clientOfRevision3 = createRequire(import.meta.url)("engine.io-client-3") as (
  url: string,
  options: object,
) => { binaryType: string; send(data: unknown): void; close(): void };

const page = "server-options/#low-level-engine-options";
const handshake = "EIO=4&transport=polling";
const openingOf = (body: string): object => {
  const { sid, ...rest } = JSON.parse(body.slice(1)) as { sid: string };
  return { sid: sid.length, ...rest };
};

/** The headers of the first answer that begin with a word. */
async function headersOf(
  world: EngineWorld,
  pattern: RegExp,
  init?: RequestInit,
): Promise<unknown> {
  const url = `http://127.0.0.1:${world.port}/engine.io/?${handshake}`;
  const { status, headers } = await fetch(url, init);
  const known = [...headers].filter(([name]) => pattern.test(name));
  return [status, known.map(([name, value]) => [name, value.replace(/=[\w-]{20}/, "=<id>")])];
}

/** The answer to a poll, as it is on the wire, while the server sends `data`. */
async function polled(
  world: EngineWorld,
  data: string,
  accept: string,
  how = {},
): Promise<unknown> {
  const connected = next<[{ send(data: string, how: object): void }]>(world.engine, "connection");
  const { body } = await world.ask(handshake);
  const [socket] = await connected;
  const { sid } = JSON.parse(body.slice(1)) as { sid: string };
  socket.send(data, how);
  const { get } = await import("node:http");
  return new Promise((resolve, reject) => {
    const path = `/engine.io/?${handshake}&sid=${sid}`;
    get({ port: world.port, path, headers: { "accept-encoding": accept } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const encoding = response.headers["content-encoding"];
        const bytes = Buffer.concat(chunks);
        const plain =
          encoding === "gzip"
            ? gunzipSync(bytes)
            : encoding === "deflate"
              ? inflateSync(bytes)
              : bytes;
        resolve([encoding, plain.toString().length]);
      });
    }).on("error", reject);
  });
}

/** What a line to another path hears, when an upgrade is asked for there. */
function otherUpgrade(port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const line = connect(port, "127.0.0.1");
    let heard = "";
    line.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
      if (heard.includes("taken")) line.destroy();
    });
    line.on("close", () => resolve(heard));
    line.on("error", () => {});
    line.write("GET /other HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: IRC/6.9\r\n\r\n");
  });
}

export const engineOptions = section("Engine.IO alone: options", page, {
  "the opening packet, with each transport and setting": once(async (it) => {
    const answers = [];
    for (const options of [
      {},
      { pingInterval: 111, pingTimeout: 222, maxHttpBufferSize: 333 },
      { allowUpgrades: false },
      { transports: ["polling"] as "polling"[] },
      { initialPacket: "hello" },
    ]) {
      const world = await EngineWorld.open(it, options);
      const { body } = await world.ask(handshake);
      const [opening, ...rest] = body.split("\x1e");
      answers.push([openingOf(opening!), rest]);
    }
    return answers;
  }),

  "a first packet, as text and as bytes": engineCase(async (it) => {
    const answers = [];
    for (const initialPacket of ["faster!", Buffer.from([1, 2])]) {
      const world = await EngineWorld.open(it, { initialPacket });
      const client = world.client();
      client.binaryType = "arraybuffer";
      const [first] = await next(client, "message");
      answers.push(first);
    }
    return answers;
  }),

  "cookies in every form": once(async (it) => {
    const answers = [];
    for (const cookie of [
      undefined,
      false,
      true,
      { name: "mine" },
      { name: "mine", path: "/deep" },
      { name: "mine", path: undefined },
      { name: "mine", path: false },
      { name: "mine", path: false, httpOnly: true },
      { name: "mine", sameSite: undefined },
      { name: "mine", httpOnly: false },
      { name: "mine", sameSite: "strict" as const },
      { name: "mine", sameSite: "lax" as const, secure: true, maxAge: 10, domain: "example.com" },
    ]) {
      const options = cookie === undefined ? {} : { cookie: cookie as never };
      answers.push(await headersOf(await EngineWorld.open(it, options), /^set-cookie$/));
    }
    return answers;
  }),

  "old Internet Explorers": once(async (it) => {
    const world = await EngineWorld.open(it);
    const answers = [];
    for (const agent of [
      "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
      "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko",
      "Mozilla/5.0 (X11; Linux) Firefox/99",
    ]) {
      answers.push(await headersOf(world, /^x-xss/, { headers: { "user-agent": agent } }));
    }
    return answers;
  }),

  "compression of answers": once(async (it) => {
    const answers = [];
    const long = "x".repeat(1_200);
    for (const [options, data, accept, how] of [
      [{}, long, "gzip, deflate"],
      [{}, long, "deflate"],
      [{}, long, "identity"],
      [{}, "x".repeat(100), "gzip"],
      [{ httpCompression: false }, long, "gzip"],
      [{ httpCompression: { threshold: 0 } }, "x", "gzip"],
      [{ httpCompression: { threshold: 4_000 } }, long, "gzip"],
      [{}, long, "gzip", { compress: false }],
      [{}, long, "gzip", { compress: true }],
    ] as [object, string, string, object?][]) {
      answers.push(await polled(await EngineWorld.open(it, options), data, accept, how));
    }
    return answers;
  }),

  "compression of websockets": engineCase(
    async (it) => {
      const answers = [];
      for (const perMessageDeflate of [false, true, { threshold: 0 }, { threshold: 4_000 }]) {
        const world = await EngineWorld.open(it, { perMessageDeflate });
        const { client, socket } = await world.pair();
        const there = collect(client, "message", 2);
        socket.send("x".repeat(2_000));
        socket.send("y", { compress: false });
        const { ws } = client.transport as unknown as { ws: { extensions: string } };
        answers.push([
          ws.extensions.split(";")[0],
          (await there).map((data) => (data as string).length),
        ]);
      }
      return answers;
    },
    { modes: ["websocket"] },
  ),

  "upgrades for others: cut, left alone, taken": once(async (it) => {
    const cut = await EngineWorld.open(it, { destroyUpgradeTimeout: 30 });
    const taken = await EngineWorld.open(it, { destroyUpgradeTimeout: 30 });
    taken.http.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      if (request.url === "/other") socket.end("taken");
    });
    const left = await EngineWorld.open(it, { destroyUpgrade: false, destroyUpgradeTimeout: 1 });
    left.http.on("upgrade", (_request: IncomingMessage, socket: Duplex) =>
      setTimeout(() => socket.end("taken, late"), 60),
    );
    return [
      await otherUpgrade(cut.port),
      await otherUpgrade(taken.port),
      await otherUpgrade(left.port),
    ];
  }),

  "requests that others answered before": once(async (it) => {
    const http = createServer();
    http.on("request", (request: IncomingMessage, response: ServerResponse) => {
      if (request.url?.startsWith("/engine.io/") !== true) response.end("the first");
    });
    http.on("request", (request: IncomingMessage, response: ServerResponse) => {
      if (!response.writableEnded) response.end(`the second: ${request.url}`);
    });
    const engine = it.engine.attach(http, {});
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    it.after(() => {
      engine.close();
      http.close();
      http.closeAllConnections();
    });
    const { port } = http.address() as { port: number };
    const at = async (path: string): Promise<string> =>
      (await (await fetch(`http://127.0.0.1:${port}${path}`)).text()).slice(0, 12);
    return [await at("/a"), (await at(`/engine.io/?${handshake}`)).slice(0, 2)];
  }),

  "a websocket layer of one's own": engineCase(
    async (it) => {
      const { WebSocketServer } = await import("ws");
      const options: unknown[] = [];
      class Engine extends WebSocketServer {
        constructor(given: object) {
          super(given);
          options.push(Object.keys(given).includes("noServer"));
        }
      }
      const world = await EngineWorld.open(it, { wsEngine: Engine });
      const { client, socket } = await world.pair();
      client.binaryType = "arraybuffer";
      const there = collect(client, "message", 2);
      const here = collect(socket, "message", 2);
      for (const data of ["text", Buffer.from([1, 2, 3])]) {
        socket.send(data);
        client.send(data);
      }
      return [options[0], await there, await here];
    },
    { modes: ["websocket", "polling upgraded"] },
  ),

  "upgradeTimeout: polling goes on": once(async (it) => {
    const world = await EngineWorld.open(it, { upgradeTimeout: 30 });
    const connected = next<
      [{ send(data: string): void; upgraded: boolean; transport: { name: string } }]
    >(world.engine, "connection");
    const { body } = await world.ask(handshake);
    const [socket] = await connected;
    const { sid } = JSON.parse(body.slice(1)) as { sid: string };
    const raw = new WebSocket(
      `ws://127.0.0.1:${world.port}/engine.io/?EIO=4&transport=websocket&sid=${sid}`,
    );
    await new Promise((resolve) => raw.addEventListener("open", resolve));
    raw.send("2probe");
    await new Promise((resolve) => raw.addEventListener("message", resolve));
    await new Promise((resolve) => raw.addEventListener("close", resolve));
    socket.send("still here");
    let heard = "";
    for (let polls = 0; polls < 3 && !heard.includes("still"); polls += 1) {
      heard = (await world.ask(`${handshake}&sid=${sid}`)).body;
    }
    return [heard, socket.upgraded, socket.transport.name];
  }),

  "clients of revision 3": engineCase(async (it) => {
    const world = await EngineWorld.open(it, { allowEIO3: true });
    const transports = {
      polling: ["polling"],
      websocket: ["websocket"],
      "polling upgraded": ["polling", "websocket"],
    };
    const connected = next<[{ protocol: number; send(data: unknown): void }]>(
      world.engine,
      "connection",
    );
    const client = clientOfRevision3(`ws://127.0.0.1:${world.port}`, {
      transports: transports[it.mode],
    });
    it.after(() => client.close());
    const upgraded = it.mode === "polling upgraded" && next(client, "upgrade");
    const [socket] = await connected;
    await upgraded;
    client.binaryType = "arraybuffer";
    const there = collect(client, "message", 3);
    const here = collect(socket, "message", 3);
    for (const data of ["text", Buffer.from([1, 2, 255]), "grüße 漢 🚢"]) {
      socket.send(data);
      client.send(data);
    }
    const ended = next(socket, "close");
    const observed = [socket.protocol, await there, await here];
    client.close();
    return [observed, (await ended)[0]];
  }),

  "clients of revision 3 that are not allowed": once(async (it) => {
    const world = await EngineWorld.open(it);
    const said = refusals(world.engine);
    const client = clientOfRevision3(`ws://127.0.0.1:${world.port}`, {
      transports: ["polling"],
    });
    it.after(() => client.close());
    await next(client, "error");
    await until("it was said", () => said.length > 0);
    return said[0];
  }),

  "JSONP, asked for and sent": once(async (it) => {
    const world = await EngineWorld.open(it);
    const connected = next<[{ send(data: string): void }]>(world.engine, "connection");
    const { body, status } = await world.ask(`${handshake}&j=0`);
    const [socket] = await connected;
    const text = JSON.parse(/\((.*)\)/s.exec(body)![1]!) as string;
    const { sid } = JSON.parse(text.slice(1)) as { sid: string };
    const heard = next(socket, "message");
    const posted = await world.ask(`${handshake}&sid=${sid}&j=1`, {
      method: "POST",
      body: "d=" + encodeURIComponent("4one\\ntwo"),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    socket.send("answer €\u2028");
    const answer = await world.ask(`${handshake}&sid=${sid}&j=2`);
    return [status, body.slice(0, 10), (await heard)[0], posted, answer.status, answer.body];
  }),
});
