import { createServer, request as httpRequest } from "node:http";
import { createContext, runInContext } from "node:vm";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { section } from "../harness/case.ts";
import { next } from "../harness/tools.ts";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { Case } from "../harness/case.ts";
import type { Stage } from "../harness/stage.ts";
import type { ServerOptions } from "../../src/support/pairing.ts";

const files = [
  "socket.io.js",
  "socket.io.js.map",
  "socket.io.min.js",
  "socket.io.min.js.map",
  "socket.io.esm.min.js",
  "socket.io.esm.min.js.map",
  "socket.io.msgpack.min.js",
  "socket.io.msgpack.min.js.map",
];

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

type Ask = (path: string, headers?: Record<string, string>, method?: string) => Promise<Answer>;

/** A server of whose files one may ask, without anything that Node's fetch would do by itself. */
async function serve(it: Stage, options: Partial<ServerOptions> = {}): Promise<Ask> {
  const http = createServer((_request, response) => response.end("the application"));
  const io = new it.lib.Server(http, options);
  it.after(() => io.close());
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
  const { port } = http.address() as AddressInfo;
  return (path, headers = {}, method = "GET") =>
    new Promise((resolve, reject) => {
      const asked = httpRequest({ port, host: "127.0.0.1", path, headers, method, agent: false });
      asked.on("error", reject);
      asked.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const { statusCode: status } = response;
          resolve({ status, headers: response.headers, body: Buffer.concat(chunks) });
        });
      });
      asked.end();
    });
}

const only = (run: Case["run"]): Case => ({ run, of: "server", modes: ["polling"] });

export const serveClient = section("Serving the client", "server-options/#serveclient", {
  "each file: status and headers": only(async (it) => {
    const ask = await serve(it);
    const seen = [];
    for (const file of files) {
      const { status, headers, body } = await ask(`/socket.io/${file}`);
      seen.push({
        file,
        status,
        type: headers["content-type"],
        cache: headers["cache-control"],
        etag: /^(W\/)?"\d+\.\d+\.\d+.*"$/.test(headers.etag ?? ""),
        encoding: headers["content-encoding"],
        full: body.length > 1_000,
      });
    }
    return seen;
  }),

  "the script defines io, the module exports it": only(async (it) => {
    const ask = await serve(it);
    const script = (await ask("/socket.io/socket.io.js")).body.toString();
    const module = (await ask("/socket.io/socket.io.esm.min.js")).body.toString();
    const page = createContext({ setTimeout, clearTimeout, TextEncoder, TextDecoder });
    runInContext(script, page);
    return [
      typeof page["io"],
      /export\s*\{[^}]*\bas io\b/.test(module),
      /export\s*\{/.test(module),
    ];
  }),

  "maps are named at the end of their files": only(async (it) => {
    const ask = await serve(it);
    const seen = [];
    for (const file of files.filter((name) => !name.endsWith(".map"))) {
      const text = (await ask(`/socket.io/${file}`)).body.toString().trimEnd();
      seen.push(text.endsWith(`//# sourceMappingURL=${file}.map`));
    }
    return seen;
  }),

  "If-None-Match: 304 for the tag, strong and weak": only(async (it) => {
    const ask = await serve(it);
    const { headers } = await ask("/socket.io/socket.io.js");
    const etag = headers.etag!;
    const seen = [];
    for (const tag of [etag, `W/${etag}`, '"other"', ""]) {
      const answer = await ask("/socket.io/socket.io.js", { "if-none-match": tag });
      seen.push([answer.status, answer.body.length > 0]);
    }
    return seen;
  }),

  "compressed as the client accepts it": only(async (it) => {
    const ask = await serve(it);
    const plain = (await ask("/socket.io/socket.io.js")).body;
    const unpack = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };
    const seen = [];
    for (const accepted of [
      "gzip",
      "br",
      "deflate",
      "gzip, deflate, br",
      "br,gzip",
      "gzip;q=0.5, br;q=0.8",
      "gzip;q=0, deflate",
      "identity",
      "other",
    ]) {
      const { headers, body } = await ask("/socket.io/socket.io.js", {
        "accept-encoding": accepted,
      });
      const encoding = headers["content-encoding"];
      const same = encoding ? unpack[encoding as "gzip"](body).equals(plain) : body.equals(plain);
      seen.push({ accepted, encoding, same });
    }
    return seen;
  }),

  "a query behind the name": only(async (it) => {
    const ask = await serve(it);
    const { status, headers } = await ask("/socket.io/socket.io.js?buster=1");
    return [status, headers["content-type"]];
  }),

  HEAD: only(async (it) => {
    const ask = await serve(it);
    const { status, body } = await ask("/socket.io/socket.io.js", {}, "HEAD");
    return [status, body.length];
  }),

  "names that are none go to the engine or to the application": only(async (it) => {
    const ask = await serve(it);
    const seen = [];
    for (const path of [
      "/socket.io/socket.io.jss",
      "/socket.io/socket-io.js",
      "/socket.io/../package.json",
      "/socket.io/socket.io.min.js.map.map",
      "/socket.io/socket.io.esm.js.bak",
      "/socket.io.js",
      "/x/socket.io/socket.io.js",
    ]) {
      const { status, body } = await ask(path);
      seen.push([path, status, body.toString()]);
    }
    return seen;
  }),

  "below another path": only(async (it) => {
    const ask = await serve(it, { path: "/rt/" });
    const seen = [];
    for (const path of ["/rt/socket.io.js", "/rt/socket.io.min.js", "/socket.io/socket.io.js"]) {
      const { status, headers } = await ask(path);
      seen.push([status, headers["content-type"]]);
    }
    return seen;
  }),

  "serveClient: false": only(async (it) => {
    const ask = await serve(it, { serveClient: false });
    const { status, body } = await ask("/socket.io/socket.io.js");
    return [status, body.toString()];
  }),

  "the methods serveClient() and path()": only(async (it) => {
    const io = new it.lib.Server();
    return {
      before: [io.serveClient(), io.path()],
      chained: [io.serveClient(false) === io, io.path("/changed/") === io],
      after: [io.serveClient(), io.path()],
      options: new it.lib.Server({ serveClient: false, path: "/o/" }).path(),
      plain: new it.lib.Server({ path: "no-slash" }).path(),
    };
  }),

  "serveClient() and path() before attach()": only(async (it) => {
    const io = new it.lib.Server();
    io.path("/changed").serveClient(true);
    const http = createServer();
    io.attach(http);
    it.after(() => io.close());
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    const { port } = http.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    return [
      (await fetch(`${url}/changed/socket.io.js`)).status,
      await it.knock(url, { path: "/changed" }),
    ];
  }),

  "CORS headers of the files": only(async (it) => {
    const ask = await serve(it, { cors: { origin: "https://page.example" } });
    const { status, headers } = await ask("/socket.io/socket.io.js", {
      origin: "https://page.example",
    });
    return [status, headers["access-control-allow-origin"]];
  }),
});
