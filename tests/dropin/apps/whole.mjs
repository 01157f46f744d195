// A server and its client in one program.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { talk } from "./talk.js";

const http = createServer();
const io = new Server(http);
io.on("connection", (socket) => {
  socket.on("echo", (value, done) => done(value));
  socket.on("ask me", async (done) =>
    done(await socket.emitWithAck("question", Buffer.from([1, 2, 3]))),
  );
});
http.listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${http.address().port}`;
  for (const transport of ["polling", "websocket"]) {
    console.log(JSON.stringify(await talk(url, { transports: [transport] })));
  }
  console.log((await fetch(`${url}/socket.io/socket.io.js`)).status);
  void io.close();
  http.closeAllConnections();
});
