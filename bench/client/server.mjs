// The other end of the clients that are measured. It also serves the pages and the bundles.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Server } from "hawser";

const require = createRequire(import.meta.url);
const npmBundle = require
  .resolve("socket.io-client/package.json")
  .replace("package.json", "dist/socket.io.min.js");
const ourBundle = require
  .resolve("@hawser/client/package.json")
  .replace("package.json", "dist/socket.io.min.js");
const files = {
  "/socket.io-client.js": readFileSync(npmBundle),
  "/hawser-client.js": readFileSync(ourBundle),
  "/driver.js": readFileSync(join(import.meta.dirname, "driver.mjs")),
};

function page(url) {
  const client = new URL(url, "http://localhost").searchParams.get("client");
  if (url.startsWith("/connect")) {
    return `<!doctype html><script src="/${client}.js"></script><script>
      window.connected = new Promise((resolve) => io({ transports: ["websocket"] })
        .on("connect", () => resolve(performance.now())));</script>`;
  }
  return `<!doctype html><script src="/${client}.js"></script><script type="module">
    import { drive } from "/driver.js";
    window.addEventListener("error", ({ message }) => (window.failed = message));
    window.begin = async (scenario) => { window.state = await drive(io, location.origin, scenario); };</script>`;
}

const http = createServer(({ url }, response) => {
  const file = files[url];
  response.setHeader("Content-Type", file ? "text/javascript" : "text/html");
  response.end(file ?? page(url));
});
const io = new Server(http, { perMessageDeflate: false });
const news = "n".repeat(128);

io.on("connection", (socket) => {
  let number = 0;
  socket.on("m", (message) => socket.emit("m", message));
  socket.on("a", (message, reply) => reply(message));
  socket.on("more", (count) => {
    for (let i = 0; i < count; i++) socket.emit("news", number++, news);
  });
});
process.on("disconnect", () => process.exit(0));
http.listen(0, "127.0.0.1", () => process.send({ port: http.address().port }));
