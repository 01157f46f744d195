// A WebSocket echo server in this process that does one thing wrong.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { readFrames } from "../servers/net-frames.mjs";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function accept(head) {
  const key = /sec-websocket-key: *(\S+)/i.exec(head.toString("latin1"))[1];
  const hash = createHash("sha1")
    .update(key + guid)
    .digest("base64");
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`;
}

/** `tamper(replies, socket)` gets the frames that answer one chunk and returns what is sent instead. */
export async function tamperingServer(tamper) {
  const server = createServer({ noDelay: true }, (socket) => {
    let rest = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.once("data", (head) => {
      socket.write(accept(head));
      socket.on("data", (chunk) => {
        const read = readFrames(Buffer.concat([rest, chunk]));
        rest = read.rest ?? Buffer.alloc(0);
        const answer = tamper(read.replies, socket);
        if (answer.length > 0) socket.write(answer);
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
