// The server goes away and comes back on the same port; the client does the rest.
import { once } from "node:events";
import { createServer } from "node:http";
import { io as connect } from "@hawser/client";
import { Server } from "hawser";

async function start(port) {
  const http = createServer().listen(port, "127.0.0.1");
  await once(http, "listening");
  const io = new Server(http);
  io.on("connection", (socket) => {
    socket.on("note", (text, reply) => reply(`noted: ${text}`));
  });
  return { io, port: http.address().port };
}

const first = await start(0);
const socket = connect(`http://127.0.0.1:${first.port}`, { reconnectionDelay: 50 });
console.log(await socket.emitWithAck("note", "one"));

const lost = new Promise((resolve) => {
  socket.once("disconnect", resolve);
});
await first.io.close();
console.log("lost:", await lost);

const answer = socket.emitWithAck("note", "two"); // waits until the line is back
const second = await start(first.port);
console.log(await answer);

socket.disconnect();
await second.io.close();
