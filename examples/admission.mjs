// A middleware looks at each client before it is let in.
import { once } from "node:events";
import { createServer } from "node:http";
import { io as connect } from "@hawser/client";
import { Server } from "hawser";

const http = createServer().listen(0, "127.0.0.1");
await once(http, "listening");
const io = new Server(http);

io.use((socket, next) => {
  const welcome = socket.handshake.auth.token === "secret";
  const refusal = Object.assign(new Error("unauthorized"), { data: { hint: "log in first" } });
  next(welcome ? undefined : refusal);
});

const socket = connect(`http://127.0.0.1:${http.address().port}`, { auth: { token: "wrong" } });
const [error] = await new Promise((resolve) => {
  socket.on("connect_error", (...args) => resolve(args));
});
console.log(
  `refused: ${error.message} (${error.data.hint}); comes back by itself: ${socket.active}`,
);

socket.auth = { token: "secret" };
socket.connect();
await new Promise((resolve) => {
  socket.on("connect", resolve);
});
console.log("let in");

socket.disconnect();
await io.close();
