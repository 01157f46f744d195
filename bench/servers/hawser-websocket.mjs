// @hawser/websocket, raw messages without events.
import { createServer } from "node:http";
import { WebSocketServer } from "@hawser/websocket";
import { broadcastOrder, broadcastText } from "./broadcast-text.mjs";
import { payloadMax, role, serve } from "./control.mjs";

const http = createServer();
const server = new WebSocketServer({
  server: http,
  perMessageDeflate: false,
  maxPayload: payloadMax,
});
const room = new Set();

function onOrder(data) {
  const { first, count } = broadcastOrder(data.toString());
  const options = role === "room" ? { to: room } : undefined;
  for (let i = 0; i < count; i++) server.publish(broadcastText(first + i), options);
}

server.on("connection", (socket) => {
  if (role === "echo") {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    return;
  }
  room.add(socket);
  socket.on("close", () => room.delete(socket));
  socket.on("message", onOrder);
});
serve(http);
