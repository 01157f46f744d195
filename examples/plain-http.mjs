// On the port of a node:http server, with a page that needs nothing but a script tag.
import { once } from "node:events";
import { createServer } from "node:http";
import { Server } from "hawser";

const page = `<!doctype html>
<script src="/socket.io/socket.io.min.js"></script>
<script>io().on("time", (now) => (document.body.textContent = now))</script>
<body></body>`;

const http = createServer((_request, response) => {
  response.setHeader("Content-Type", "text/html; charset=utf-8").end(page);
});
const io = new Server(http);

http.listen(0, "127.0.0.1");
await once(http, "listening");
const url = `http://127.0.0.1:${http.address().port}`;

const script = await fetch(`${url}/socket.io/socket.io.min.js`);
console.log((await (await fetch(url)).text()) === page, script.status, script.headers.get("etag"));
const ticker = setInterval(() => io.volatile.emit("time", new Date().toISOString()), 1000);

clearInterval(ticker); // a server that is to stay would end here
await io.close();
