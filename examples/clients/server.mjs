// The chat server of these clients: plain WebSocket, SSE, HTTP and Socket.IO, all in the same rooms.
//
//     TOKEN=secret node examples/clients/server.mjs 3000
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { Server } from "hawser";

const token = process.env.TOKEN ?? "secret";
const page = await readFile(new URL("page.html", import.meta.url));

const http = createServer((_request, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(page);
});
const io = new Server(http, {
  delivery: {}, // durable messages are logged, in memory here; `log: fileLog("chat.db")` keeps them over a restart
  plain: true, // /hawser/ws
  sse: true, // /hawser/sse
  publish: {}, // /hawser/publish and its kin; without keys on a loopback address alone
  subscribe: (_socket, room) => room.length <= 64, // who has the token may hear every room
});

// One middleware for all of them: the token may come in `auth`, in a header, in the query, or as a subprotocol.
io.use((socket, next) => {
  next(socket.handshake.auth.token === token ? undefined : new Error("wrong token"));
});

io.on("connection", (socket) => {
  socket.on("hello", (name, ack) => {
    socket.data.name = String(name).slice(0, 64);
    ack?.(`welcome, ${socket.data.name}`);
  });
  // Socket.IO clients have no word for this in their protocol, so they ask with an event.
  socket.on("join", async (room, ack) => {
    await socket.join(String(room).slice(0, 64));
    ack?.();
  });
  socket.on("say", async (room, text, ack) => {
    if (!socket.rooms.has(room)) return ack?.("you are not in that room");
    await io.to(room).durable.emit("chat", socket.data.name ?? "somebody", String(text));
    return ack?.("noted");
  });
  socket.on("roll call", (room, ack) => {
    if (!socket.rooms.has(room)) return ack?.([]);
    return socket
      .to(room)
      .timeout(5_000)
      .emit("who is here?", (_error, names) => ack?.(names.flat()));
  });
});

http.listen(Number(process.argv[2] ?? 3000), "127.0.0.1", () => {
  const { port } = http.address();
  console.log(`http://127.0.0.1:${port}/?token=${token}&room=harbour&name=Ada`);
});
