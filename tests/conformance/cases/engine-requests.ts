import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { section } from "../harness/case.ts";
import { next, thrown, until } from "../harness/tools.ts";
import { EngineWorld, engineCase, once, refusals } from "./engine-stage.ts";

const page = "server-options/#low-level-engine-options";
const handshake = "EIO=4&transport=polling";

/** Whether a websocket is let in: npm's engine accepts some that it refuses right afterwards. */
async function upgradeOf(port: number, query: string): Promise<string> {
  const raw = new WebSocket(`ws://127.0.0.1:${port}/engine.io/?${query}`);
  return new Promise((resolve) => {
    raw.addEventListener("message", ({ data }) => {
      resolve(String(data).startsWith("0") ? "let in" : String(data));
      raw.close();
    });
    raw.addEventListener("error", () => resolve("refused"));
    raw.addEventListener("close", () => resolve("refused"));
  });
}

export const engineRequests = section("Engine.IO alone: requests", page, {
  "what is refused over HTTP, and what connection_error says": once(async (it) => {
    const world = await EngineWorld.open(it);
    const said = refusals(world.engine);
    const answers = [];
    for (const query of [
      "EIO=4&transport=tobi",
      "EIO=4&transport=constructor",
      "EIO=4&transport=__proto__",
      "EIO=4",
      "transport=polling",
      "EIO=5&transport=polling",
      "EIO=3&transport=polling",
      "EIO=4&transport=polling&sid=test",
      "EIO=4&transport=polling&sid=constructor",
      "EIO=4&transport=websocket",
    ]) {
      answers.push([query, await world.ask(query)]);
    }
    answers.push(["POST", await world.ask(handshake, { method: "POST", body: "4x" })]);
    answers.push(["PUT", await world.ask(handshake, { method: "PUT" })]);
    answers.push(["OPTIONS", (await world.ask(handshake, { method: "OPTIONS" })).status]);
    return { answers, said };
  }),

  "what is refused to websockets, and what connection_error says": once(async (it) => {
    const world = await EngineWorld.open(it);
    const said = refusals(world.engine);
    const answers = [];
    for (const query of [
      "EIO=4&transport=tobi",
      "EIO=4&transport=websocket&sid=none",
      "EIO=3&transport=websocket",
      "transport=websocket",
    ]) {
      answers.push([query, await upgradeOf(world.port, query)]);
    }
    return { answers, said };
  }),

  "a transport that is not served": once(async (it) => {
    const world = await EngineWorld.open(it, { transports: ["websocket"] });
    const said = refusals(world.engine);
    return [await world.ask(handshake), said];
  }),

  "allowRequest refuses, with a text, a number and nothing": once(async (it) => {
    const answers = [];
    for (const reason of ["Thou shall not pass", null, undefined, ""]) {
      const world = await EngineWorld.open(it, {
        allowRequest: (_request, decide) => decide(reason, false),
      });
      const said = refusals(world.engine);
      answers.push([
        await world.ask(handshake),
        await upgradeOf(world.port, "EIO=4&transport=websocket"),
        said,
      ]);
    }
    return answers;
  }),

  "allowRequest sees the request, and may take its time": engineCase(async (it) => {
    const seen: unknown[] = [];
    const world = await EngineWorld.open(it, {
      allowRequest: (request, decide) => {
        const { _query } = request as IncomingMessage & { _query: Record<string, string> };
        seen.push([request.method, _query["transport"], _query["sid"] === undefined]);
        setImmediate(() => decide(null, true));
      },
    });
    await world.pair();
    return seen[0];
  }),

  "generateId: a text, a promise, one that fails, one that throws": once(async (it) => {
    const answers = [];
    for (const make of [
      ({ url }: IncomingMessage) => `custom-${url!.length}`,
      async ({ url }: IncomingMessage) => `later-${url!.length}`,
      () => Promise.reject(new Error("no ids left")),
      () => {
        throw new Error("none at all");
      },
    ]) {
      const world = await EngineWorld.open(it);
      const said = refusals(world.engine);
      world.engine.generateId = make;
      const { status, body } = await world.ask(handshake);
      const sid: unknown =
        status === 200 ? (JSON.parse(body.slice(1)) as { sid: string }).sid : body;
      answers.push([status, sid, await upgradeOf(world.port, "EIO=4&transport=websocket"), said]);
    }
    return answers;
  }),

  "generateId gets the request": once(async (it) => {
    const world = await EngineWorld.open(it);
    world.engine.generateId = (request) => `id-of-${String(request.headers["x-name"])}`;
    const { body } = await world.ask(handshake, { headers: { "x-name": "ann" } });
    return (JSON.parse(body.slice(1)) as { sid: string }).sid;
  }),

  "middlewares: in order, on every request, with headers of theirs": engineCase(async (it) => {
    const world = await EngineWorld.open(it);
    const seen: string[] = [];
    world.engine.use((_request: IncomingMessage, response: ServerResponse, next: () => void) => {
      seen.push("first");
      response.setHeader("x-first", "1");
      next();
    });
    world.engine.use((_request: unknown, _response: unknown, next: () => void) => {
      seen.push("second");
      setImmediate(next);
    });
    await world.pair();
    const response = await fetch(`http://127.0.0.1:${world.port}/engine.io/?${handshake}`);
    return [seen.slice(0, 4), response.status, response.headers.get("x-first")];
  }),

  "a middleware that fails, one that answers, one that ends an upgrade": once(async (it) => {
    const answers = [];
    for (const middleware of [
      (_request: unknown, _response: unknown, next: (error: Error) => void) =>
        next(new Error("not you")),
      (_request: unknown, response: ServerResponse) => {
        response.writeHead(503);
        response.end("busy");
      },
    ]) {
      const world = await EngineWorld.open(it);
      const said = refusals(world.engine);
      world.engine.use(middleware);
      const { status, body } = await world.ask(handshake);
      const upgrade = await upgradeOf(world.port, "EIO=4&transport=websocket");
      const named = said.map(({ code, message, context }) => [code, message, context["name"]]);
      answers.push([status, body, upgrade, named]);
    }
    return answers;
  }),

  "initial_headers once, headers on every answer": engineCase(async (it) => {
    const world = await EngineWorld.open(it);
    const seen: unknown[][] = [];
    world.engine.on("initial_headers", (headers, request: IncomingMessage) => {
      headers["x-initial"] = "1";
      headers["set-cookie"] = "mine=1";
      seen.push(["initial", request.method, typeof request.url]);
    });
    world.engine.on("headers", (headers, request: IncomingMessage) => {
      headers["x-each"] = "2";
      seen.push(["each", request.method]);
    });
    const { client, socket } = await world.pair();
    const there = next(socket, "message");
    client.send("hello");
    await there;
    const first = await fetch(`http://127.0.0.1:${world.port}/engine.io/?${handshake}`);
    const names = ["x-initial", "x-each", "set-cookie"].map((name) => first.headers.get(name));
    return {
      first: seen.slice(0, 2),
      initial: seen.filter(([name]) => name === "initial").length,
      names,
    };
  }),

  "handleRequest and handleUpgrade behind one's own server": engineCase(async (it) => {
    const engine = new it.engine.Server();
    const http = createServer((request, response) =>
      engine.handleRequest(request as never, response),
    );
    http.on("upgrade", (request, socket, head) => engine.handleUpgrade(request, socket, head));
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    it.after(() => {
      engine.close();
      http.close();
      http.closeAllConnections();
    });
    const world = Object.create(EngineWorld.prototype, {}) as EngineWorld;
    Object.assign(world, { http, engine });
    const { Socket } = await import("engine.io-client");
    const transports = {
      polling: ["polling"],
      websocket: ["websocket"],
      "polling upgraded": ["polling", "websocket"],
    };
    const client = new Socket(`ws://127.0.0.1:${world.port}`, { transports: transports[it.mode] });
    it.after(() => client.close());
    const [socket] = await next<[{ send(data: string): void; transport: { name: string } }]>(
      engine,
      "connection",
    );
    const heard = next(client, "message");
    socket.send("hello");
    if (it.mode === "polling upgraded") await next(client, "upgrade");
    return [(await heard)[0], client.transport.name];
  }),

  "listen: a server of its own; attach: paths, and others' requests": once(async (it) => {
    let listening = false;
    const server = it.engine.listen(0, {}, () => {
      listening = true;
    });
    await until("it listens", () => listening);
    const { httpServer } = server;
    const { port } = httpServer!.address() as { port: number };
    const at = async (path: string): Promise<unknown> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return [response.status, response.status === 501 ? "" : (await response.text()).slice(0, 1)];
    };
    const answers = [
      await at(`/engine.io/?${handshake}`),
      await at(`/engine.io?${handshake}`),
      await at(`/engine.iox/?${handshake}`),
      await at("/"),
    ];
    server.close();
    httpServer!.close();
    httpServer!.closeAllConnections();
    return answers;
  }),

  "paths with and without a slash": once(async (it) => {
    const answers = [];
    for (const options of [
      { path: "/chat" },
      { path: "/chat/" },
      { path: "/chat", addTrailingSlash: false },
      { path: "/a/b/" },
    ]) {
      const world = await EngineWorld.open(it, options);
      for (const path of ["/chat/", "/chat", "/a/b/", "/engine.io/"]) {
        const response = await fetch(`http://127.0.0.1:${world.port}${path}?${handshake}`);
        answers.push([options, path, response.status]);
      }
    }
    return answers;
  }),

  "names and constants": once((it) => {
    const { Server, Socket, Transport, parser, protocol, transports, uServer } =
      it.engine as unknown as Record<
        string,
        {
          errors?: object;
          errorMessages?: object;
          name?: string;
          protocol?: unknown;
          prototype?: object;
        }
      >;
    return [
      protocol,
      Object.keys(transports!)
        .filter((name) => name !== "webtransport")
        .toSorted(),
      Server!.errors,
      Server!.errorMessages,
      [Socket, Transport, uServer].map((it) => typeof it),
      parser!.protocol,
      thrown(() => new it.engine.Server().upgrades("polling")),
      new it.engine.Server().upgrades("polling").includes("websocket"),
      new it.engine.Server().upgrades("websocket"),
      new it.engine.Server({ allowUpgrades: false }).upgrades("polling"),
    ];
  }),

  "options as they are shown": once((it) => {
    const { opts } = new it.engine.Server({ pingTimeout: 1_234, cookie: true });
    const {
      pingTimeout,
      pingInterval,
      upgradeTimeout,
      maxHttpBufferSize,
      transports,
      allowUpgrades,
      allowEIO3,
    } = opts;
    return {
      pingTimeout,
      pingInterval,
      upgradeTimeout,
      maxHttpBufferSize,
      transports,
      allowUpgrades,
      allowEIO3,
    };
  }),
});
