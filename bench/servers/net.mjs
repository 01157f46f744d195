// The floor: node:net and the least of RFC 6455 that an echo needs, one write per chunk or tick. No limits, no checks, no API.
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { broadcastOrder, broadcastText } from "./broadcast-text.mjs";
import { role, serve } from "./control.mjs";
import { readFrames, textFrame } from "./net-frames.mjs";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const clients = new Set();

function answer(request) {
  const key = /sec-websocket-key: *(\S+)/i.exec(request)[1];
  const accept = createHash("sha1")
    .update(key + guid)
    .digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function broadcast(order) {
  const { first, count } = broadcastOrder(order);
  const frames = Array.from({ length: count }, (_, i) => textFrame(broadcastText(first + i)));
  const bytes = Buffer.concat(frames);
  for (const client of clients) client.write(bytes);
}

// The replies to one chunk leave in one write.
function onChunk(socket, chunk) {
  const { replies, rest, closed } = readFrames(chunk);
  if (role === "echo" || closed) {
    if (replies.length > 0) socket.write(replies);
  } else {
    broadcast(replies.toString("latin1", 2));
  }
  if (closed) socket.end();
  return rest;
}

const server = createServer({ noDelay: true }, (socket) => {
  let rest;
  socket.once("data", (head) => {
    socket.write(answer(head.toString("latin1")));
    clients.add(socket);
    socket.on("data", (chunk) => {
      rest = onChunk(socket, rest ? Buffer.concat([rest, chunk]) : chunk);
    });
  });
  socket.on("close", () => clients.delete(socket));
  socket.on("error", () => socket.destroy());
});
serve(server);
