import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompress, deflate, gzip } from "node:zlib";
import { corsMiddleware, makeExchange } from "@hawser/engine/internal";
import { ServerError } from "../errors.ts";
import type { CorsOption, UwsApp } from "@hawser/engine/internal";
import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";

/** The files of the browser client, as they are asked for. */
const filePattern =
  /^\/socket\.io(?:\.websocket|\.durable)?(?:\.esm|\.msgpack)?(?:\.min)?\.js(?:\.map)?$/;

/**
 * Serves the browser client below `path`: `socket.io.js`, `socket.io.min.js`, `socket.io.esm.min.js`,
 * `socket.io.msgpack.min.js`, `socket.io.websocket.esm.min.js`, `socket.io.durable.esm.min.js` and their maps.
 * Other requests go to the listeners that the HTTP server had.
 * @param cors the option of that name: pages of other origins may load the files as modules
 */
export function serveClientFiles(server: HttpServer, path: string, cors: CorsOption): void {
  const others = server.listeners("request") as ((...args: unknown[]) => void)[];
  server.removeAllListeners("request");
  const files = new ClientFiles();
  const allow = cors === undefined ? undefined : corsMiddleware(cors);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? "";
    const queryAt = url.indexOf("?");
    const pathname = queryAt === -1 ? url : url.slice(0, queryAt);
    if (pathname.startsWith(path) && filePattern.test(pathname.slice(path.length))) {
      const name = pathname.slice(path.length + 1);
      if (allow === undefined) files.answer(name, request, response);
      else allow(request, response, () => files.answer(name, request, response));
    } else {
      for (const listener of others) listener.call(server, request, response);
    }
  });
}

/** The names of the files, as routes of an app. */
const fileNames = ["", ".esm", ".msgpack"].flatMap((kind) =>
  [".js", ".min.js"].flatMap((end) => [`socket.io${kind}${end}`, `socket.io${kind}${end}.map`]),
);

/** The same on an app of µWebSockets.js. */
export function serveClientFilesOnApp(app: UwsApp, path: string): void {
  const files = new ClientFiles();
  for (const name of fileNames) {
    app.any(`${path}/${name}`, (uws, given) => {
      const { request, response } = makeExchange(uws, given, 0);
      files.answer(name, request, response);
    });
  }
}

type Encoding = "br" | "gzip" | "deflate";

/** The files of the client in memory: read when first asked for, compressed once. */
class ClientFiles {
  /** Found out at the first request: a server that was bundled into one file has no folder, and nothing to serve. */
  private etag: string | undefined = undefined;
  private readonly bodies: Map<string, Promise<Buffer>> = new Map();

  answer(name: string, request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { Allow: "GET, HEAD" }).end();
      return;
    }
    this.etag ??= `"${versionIn(packageFolder())}"`;
    response.setHeader("ETag", this.etag);
    response.setHeader("Cache-Control", "public, max-age=0");
    if (matches(request.headers["if-none-match"], this.etag)) {
      response.writeHead(304).end();
      return;
    }
    const type = name.endsWith(".map") ? "application/json" : "application/javascript";
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Vary", "Accept-Encoding");
    const encoding = encodingFor(request.headers["accept-encoding"]);
    if (encoding !== undefined) response.setHeader("Content-Encoding", encoding);
    this.body(name, encoding).then(
      (body) => {
        response.setHeader("Content-Length", body.length);
        response.writeHead(200).end(request.method === "HEAD" ? undefined : body);
      },
      (error: Error) => {
        for (const name of ["Content-Encoding", "ETag"]) response.removeHeader(name);
        const status = isMissing(error) ? 404 : 500;
        response.writeHead(status, { "Content-Type": "text/plain" }).end(error.message);
      },
    );
  }

  private body(name: string, encoding: Encoding | undefined): Promise<Buffer> {
    const key = `${name} ${encoding}`;
    let body = this.bodies.get(key);
    if (body === undefined) {
      body = read(name).then((file) => compress(file, encoding));
      body.catch(() => this.bodies.delete(key));
      this.bodies.set(key, body);
    }
    return body;
  }
}

async function read(name: string): Promise<Buffer> {
  const folder = join(packageFolder(), "client-dist");
  if (!existsSync(folder)) throw new ServerError("CLIENT_MISSING");
  return readFile(join(folder, name));
}

/** Whether the client is there, but not in this form. */
function isMissing(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function compress(file: Buffer, encoding: Encoding | undefined): Promise<Buffer> | Buffer {
  if (encoding === undefined) return file;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, body: Buffer): void =>
      error ? reject(error) : resolve(body);
    if (encoding === "br") brotliCompress(file, done);
    else if (encoding === "gzip") gzip(file, done);
    else deflate(file, done);
  });
}

/** Where this package lies: its code is one floor below in the build and two in the source. */
function packageFolder(): string {
  let folder: string;
  try {
    folder = dirname(fileURLToPath(import.meta.url));
  } catch {
    // In a bundle of ES modules there is no `__filename`, which this becomes in CommonJS.
    return "/";
  }
  while (versionIn(folder) === undefined && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** The version in a folder's package.json; the build has one without, which only says that it is CommonJS. */
function versionIn(folder: string): string | undefined {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version?: string }).version;
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => tag.trim() === etag || tag.trim() === `W/${etag}`);
}

const encodings: ReadonlySet<string> = new Set<Encoding>(["br", "gzip", "deflate"]);

/** What the client likes best; of several, the first that it names, as Socket.IO does. */
function encodingFor(header: string | undefined): Encoding | undefined {
  let best: Encoding | undefined;
  let bestQuality = 0;
  for (const part of header?.split(",") ?? []) {
    const [name, parameter] = part.split(";");
    const encoding = name!.trim().toLowerCase();
    const quality = Number(/^\s*q=([\d.]+)/.exec(parameter ?? "")?.[1] ?? 1);
    if (!encodings.has(encoding) || !(quality > bestQuality)) continue;
    best = encoding as Encoding;
    bestQuality = quality;
  }
  return best;
}
