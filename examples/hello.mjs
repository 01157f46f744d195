// An event to the server, and its answer.
import { once } from "node:events";
import { createServer } from "node:http";
import { io as connect } from "@hawser/client";
import { Server } from "hawser";

const http = createServer();
const io = new Server(http);

io.on("connection", (socket) => {
  socket.on("hello", (name, reply) => reply(`hello, ${name}`));
});

http.listen(0, "127.0.0.1");
await once(http, "listening");

const socket = connect(`http://127.0.0.1:${http.address().port}`);
console.log(await socket.emitWithAck("hello", "Ada"));

socket.disconnect();
await io.close();
