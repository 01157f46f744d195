// npm ws, raw messages without events.
import { createServer } from "node:http";
import { Sender, WebSocketServer } from "ws";
import { broadcastOrder, broadcastText } from "./broadcast-text.mjs";
import { payloadMax, role, serve } from "./control.mjs";

const http = createServer();
const server = new WebSocketServer({
  server: http,
  perMessageDeflate: false,
  maxPayload: payloadMax,
});
const room = new Set();

// The cheapest broadcast known for ws, and what socket.io itself does with it: frame once, send the same frame to everybody.
function broadcast(members, text) {
  const options = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true };
  const frame = [Buffer.concat(Sender.frame(Buffer.from(text), options))];
  for (const member of members) member._sender.sendFrame(frame);
}

function onOrder(data) {
  const { first, count } = broadcastOrder(data.toString());
  const members = role === "room" ? room : server.clients;
  for (let i = 0; i < count; i++) broadcast(members, broadcastText(first + i));
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
