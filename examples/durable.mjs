// Messages that survive: the line breaks, the client's process ends, and nothing is lost or comes twice.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io as connect } from "@hawser/client";
import { durable, fileStore } from "@hawser/client/durable";
import { Server } from "hawser";

const http = createServer().listen(0, "127.0.0.1");
await once(http, "listening");
const io = new Server(http, { delivery: {} });
io.on("connection", (socket) => {
  if (!socket.recovered) socket.join("kitchen");
  socket.on("order", (dish, reply) => reply(`${dish} is on the list`));
});

const folder = await mkdtemp(join(tmpdir(), "hawser-durable-"));
function open() {
  const socket = connect(`http://127.0.0.1:${http.address().port}`, {
    forceNew: true,
    reconnectionDelay: 50,
    durable: durable({ storage: fileStore(folder) }),
  });
  socket.on("done", (dish) => console.log(`done: ${dish}`));
  return socket;
}

const guest = open();
console.log(await guest.durable.emit("order", "soup"));

guest.io.engine.close(); // the line breaks
await io.to("kitchen").durable.emit("done", "soup"); // it is logged, for whoever is away
const orders = ["fish", "cake"].map((dish) => guest.durable.emit("order", dish));
console.log(guest.outbox.length, "wait in the outbox");
console.log(await Promise.all(orders)); // across the reconnect

guest.disconnect();
guest.durable.emit("order", "coffee").catch(() => {}); // this page will not hear of it
await guest.outbox.close(); // as if the process had ended
await io.to("kitchen").durable.emit("done", "fish");

const again = open();
await again.outbox.ready;
const [left] = again.outbox.entries;
console.log("left behind:", ...left.args, "->", await left.settled);

await again.outbox.close();
await io.close();
await rm(folder, { recursive: true });
