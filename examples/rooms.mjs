// Two rooms; a broadcast to one of them, and the answers of everyone in it.
import { once } from "node:events";
import { createServer } from "node:http";
import { io as connect } from "@hawser/client";
import { Server } from "hawser";

const http = createServer().listen(0, "127.0.0.1");
await once(http, "listening");
const io = new Server(http);

io.on("connection", (socket) => {
  socket.on("join", (room, joined) => {
    socket.join(room);
    joined();
  });
});

const url = `http://127.0.0.1:${http.address().port}`;
const people = { Ada: "red", Grace: "red", Linus: "blue" };
const sockets = [];
for (const [name, room] of Object.entries(people)) {
  const socket = connect(url, { forceNew: true, transports: ["websocket"] });
  socket.on("who", (reply) => reply(name));
  await socket.emitWithAck("join", room);
  sockets.push(socket);
}

const inRed = await io.timeout(1000).to("red").emitWithAck("who");
console.log("in red:", inRed.sort().join(", "));

const notInRed = await io.timeout(1000).except("red").emitWithAck("who");
console.log("not in red:", notInRed.join(", "));

for (const socket of sockets) socket.disconnect();
await io.close();
