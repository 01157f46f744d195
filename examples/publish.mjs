// Another backend speaks to clients over HTTP: with a key, once, durably, and it sees who is there.
import { once } from "node:events";
import { createServer } from "node:http";
import { io as connect } from "@hawser/client";
import { makeApiKey, Server, setUser } from "hawser";

const { key, entry } = makeApiKey({
  id: "shop",
  scopes: ["publish:room:orders", "publish:user", "read"],
});
const http = createServer();
const io = new Server(http, { delivery: {}, publish: { keys: [entry] } });
io.use((socket, next) => {
  setUser(socket, socket.handshake.auth.user);
  next();
});
io.on("connection", (socket) => socket.join("orders"));
http.listen(0, "127.0.0.1");
await once(http, "listening");
const url = `http://127.0.0.1:${http.address().port}`;

const ada = connect(url, { auth: { user: "ada" } });
ada.onAny((event, ...args) => console.log("ada hears", event, ...args));
await new Promise((resolve) => ada.on("connect", resolve));

/** What a program in any language does. */
async function ask(path, body, more = {}) {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...more };
  const method = body === undefined ? "GET" : "POST";
  const response = await fetch(`${url}/hawser/${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  });
  return { status: response.status, ...(await response.json()) };
}

console.log(await ask("publish", { user: "ada", event: "welcome", data: ["to the shop"] }));

const paid = { room: "orders", event: "paid", data: [{ order: 42 }], durable: true };
const first = await ask("publish", paid, { "Idempotency-Key": "order-42" });
const again = await ask("publish", paid, { "Idempotency-Key": "order-42" });
console.log("logged once:", first.position === again.position);

console.log(await ask("users/ada"));
console.log(await ask("rooms"));
console.log(await ask("publish", { room: "orders", evnet: "paid" }));
console.log(await ask("publish", { all: true, event: "sale" }));

ada.disconnect();
await io.close();
