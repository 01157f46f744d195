// A server of somebody's application, and the files of its page.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { Server } from "socket.io";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};
const require = createRequire(import.meta.url);

// What is tested is Hawser, and no original that an installer has put here.
assert.equal(require("socket.io/package.json").name, "hawser");
assert.equal(require("socket.io-client/package.json").name, "@hawser/client");

/** What a client must have found out. */
export const expected = (transport) => ({
  text: { text: "grüße €" },
  binary: [0, 1, 254, 255],
  counted: 3,
  transport,
  classes: true,
  whose: "hawser",
});

/** Answers what the applications here ask. */
export function serveApplication(io) {
  io.on("connection", (socket) => {
    socket.on("echo", (value, done) => done(value));
    socket.on("ask me", async (done) =>
      done(await socket.emitWithAck("question", Buffer.from([1, 2, 3]))),
    );
  });
  return io;
}

/** Serves texts by their path, or the files below a folder; answers everything to every origin, as a CDN does. */
export async function serveFiles(texts, folder) {
  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://files.test");
    if (pathname.startsWith("/socket.io/")) return;
    const text = texts[pathname];
    const file = folder && join(folder, normalize(pathname));
    if (text === undefined && !(file && existsSync(file) && statSync(file).isFile())) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", types[extname(pathname)] ?? types[".html"]);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.end(text ?? readFileSync(file));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { http, url: `http://127.0.0.1:${http.address().port}` };
}

/** An application's server with its page beside it. */
export async function startBackend({ texts = {}, folder, options } = {}) {
  const { http, url } = await serveFiles(texts, folder);
  const io = serveApplication(new Server(http, options));
  const close = async () => {
    const closed = io.close();
    http.closeAllConnections();
    await closed;
  };
  return { http, io, url, close };
}
