import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { createRequire } from "node:module";
import { createServer as createTlsServer } from "node:https";
import express from "express";
import { tls } from "../../src/support/fixtures.ts";
import { section } from "../harness/case.ts";
import { next, outcome, thrown } from "../harness/tools.ts";
import type { RequestListener } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import type { Stage } from "../harness/stage.ts";
import type { Server } from "../../src/support/pairing.ts";

/** Lets a server listen, and gives its address. */
async function listen(it: Stage, http: NetServer, scheme = "http"): Promise<string> {
  it.after(() => (http as { closeAllConnections?: () => void }).closeAllConnections?.());
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
  return `${scheme}://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** The address of a server that has made its own HTTP server. */
async function addressOf(io: Server): Promise<string> {
  const http = io.httpServer as unknown as NetServer;
  if (!http.listening) await next(http, "listening");
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

function closing(it: Stage, io: Server): Server {
  it.after(() => io.close());
  return io;
}

const answer: RequestListener = (request, response) => response.end(`app: ${request.url}`);

export const serverInitialization = section("Server initialization", "server-initialization/", {
  "new Server(port)": async (it) => {
    const io = closing(it, new it.lib.Server(0));
    const url = await addressOf(io);
    const other = await fetch(`${url}/other`);
    return [await it.knock(url), other.status, await other.text()];
  },

  "new Server(port as text), new Server(port, options)": async (it) => {
    const text = closing(it, new it.lib.Server("0" as never));
    const path = closing(it, new it.lib.Server(0, { path: "/p/" }));
    return [
      await it.knock(await addressOf(text)),
      await it.knock(await addressOf(path), { path: "/p/" }),
      path.path(),
    ];
  },

  "new Server(), then attach(port), then listen(port)": async (it) => {
    const one = closing(it, new it.lib.Server());
    const before = [one.engine === undefined, one.httpServer === undefined];
    const chained = one.attach(0) === one;
    const two = closing(it, new it.lib.Server({ serveClient: false }));
    const listened = two.listen(0, { path: "/two" }) === two;
    return [
      before,
      chained,
      listened,
      await it.knock(await addressOf(one)),
      await it.knock(await addressOf(two), { path: "/two" }),
    ];
  },

  "new Server(http): other requests reach the application": async (it) => {
    const http = createServer(answer);
    const io = closing(it, new it.lib.Server(http));
    const url = await listen(it, http);
    const texts = [];
    for (const path of ["/", "/socket.ioo", "/socket", "/other?transport=polling"]) {
      texts.push(await (await fetch(url + path)).text());
    }
    return [await it.knock(url), texts, io.httpServer === (http as unknown)];
  },

  "attach to a server that listens already": async (it) => {
    const http = createServer(answer);
    const url = await listen(it, http);
    const io = closing(it, new it.lib.Server());
    io.attach(http);
    return it.knock(url);
  },

  "listeners of the HTTP server that come later": async (it) => {
    const http = createServer();
    closing(it, new it.lib.Server(http));
    http.on("request", (request, response) => {
      if (!request.url!.startsWith("/socket.io")) response.end("late");
    });
    const url = await listen(it, http);
    return [await it.knock(url), await (await fetch(`${url}/x`)).text()];
  },

  "options of the constructor win over those of attach()": async (it) => {
    const http = createServer(answer);
    const io = closing(it, new it.lib.Server({ path: "/constructor" }));
    io.attach(http, { path: "/attach" });
    const url = await listen(it, http);
    return [await it.knock(url, { path: "/constructor" }), io.path()];
  },

  "an Express app in place of its server throws": async (it) => {
    const io = new it.lib.Server();
    return [
      thrown(() => io.attach(express() as never)),
      thrown(() => io.attach(answer as never)),
    ].map((text) => /request handler/.test(text));
  },

  "with Express": async (it) => {
    const app = express();
    app.get("/hello", (_request, response) => void response.send("hello"));
    const http = createServer(app);
    closing(it, new it.lib.Server(http));
    const url = await listen(it, http);
    const missing = await fetch(`${url}/nothing`);
    return [await it.knock(url), await (await fetch(`${url}/hello`)).text(), missing.status];
  },

  "with HTTPS": async (it) => {
    const https = createTlsServer(tls);
    const io = closing(it, new it.lib.Server(https));
    const seen = new Promise((resolve) => {
      io.on("connection", ({ handshake }) => resolve([handshake.secure, handshake.xdomain]));
    });
    const url = await listen(it, https, "https");
    return [await it.knock(url, { rejectUnauthorized: false }), await seen];
  },

  "with HTTP/2 that allows HTTP/1": async (it) => {
    const http2 = createSecureServer({ ...tls, allowHTTP1: true });
    closing(it, new it.lib.Server(http2));
    const url = await listen(it, http2, "https");
    return it.knock(url, { rejectUnauthorized: false });
  },

  "two servers on one HTTP server, with paths of their own": async (it) => {
    const http = createServer();
    const one = new it.lib.Server(http, { path: "/one", destroyUpgrade: false });
    const two = new it.lib.Server(http, { path: "/two", destroyUpgrade: false });
    const seen: string[] = [];
    one.on("connection", () => seen.push("one"));
    two.on("connection", () => seen.push("two"));
    const url = await listen(it, http);
    it.after(() => Promise.all([one.close(), two.close()]));
    const received = [await it.knock(url, { path: "/one" }), await it.knock(url, { path: "/two" })];
    return { received, seen };
  },

  "bind() to an Engine.IO server": async (it) => {
    const http = createServer();
    const engine = it.engine.attach(http, { path: "/socket.io/" });
    const io = new it.lib.Server();
    const chained = io.bind(engine) === io;
    const url = await listen(it, http);
    it.after(() => {
      void io.close();
      engine.close();
      http.close();
    });
    return [chained, io.engine === (engine as unknown), await it.knock(url)];
  },

  "require() gives what import gives, and a function": async (it) => {
    const require = createRequire(import.meta.url);
    const name = it.pairing.server === "hawser" ? "hawser" : "socket.io";
    const required = require(name) as typeof it.lib & ((srv?: unknown, opts?: unknown) => Server);
    const io = closing(it, required(0, { path: "/f" }));
    return {
      type: typeof required,
      names: ["Server", "Namespace", "Socket"].map(
        (each) => (required as never)[each] === (it.lib as never)[each],
      ),
      own: ["Namespace", "Server", "Socket"].filter((each) => Object.hasOwn(required, each)),
      instance: io instanceof it.lib.Server,
      received: await it.knock(await addressOf(io), { path: "/f" }),
    };
  },

  "the default export and the named ones": async (it) => {
    const module = it.lib as typeof it.lib & { default?: { Server?: unknown } };
    return {
      server: typeof module.Server,
      namespace: typeof module.Namespace,
      socket: typeof module.Socket,
      default: typeof module.default,
      defaultServer: module.default?.Server === module.Server,
    };
  },

  "a port that is taken: the HTTP server says so": async (it) => {
    const first = closing(it, new it.lib.Server(0));
    const port = Number(new URL(await addressOf(first)).port);
    const second = new it.lib.Server(port);
    const [error] = await next<[NodeJS.ErrnoException]>(second.httpServer, "error");
    return [error.code, await outcome(second.close())];
  },

  "what attach() is given may be anything else: it throws": async (it) => {
    const io = new it.lib.Server();
    return [thrown(() => io.attach("no port" as never)), thrown(() => io.attach({} as never))].map(
      (text) => text !== "nothing was thrown",
    );
  },
});
