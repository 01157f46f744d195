// Bun's own server, raw messages without events.
import { broadcastOrder, broadcastText } from "./broadcast-text.mjs";
import { payloadMax, role } from "./control.mjs";

const { Bun } = globalThis;
globalThis.gc ??= () => Bun.gc(true);

function onOrder(message) {
  const { first, count } = broadcastOrder(message.toString());
  for (let i = 0; i < count; i++) server.publish("all", broadcastText(first + i));
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, it) => (it.upgrade(request) ? undefined : new Response("", { status: 426 })),
  websocket: {
    maxPayloadLength: payloadMax,
    backpressureLimit: payloadMax,
    perMessageDeflate: false,
    idleTimeout: 0,
    open: (socket) => socket.subscribe("all"),
    message(socket, message) {
      if (role === "echo") socket.send(message);
      else onOrder(message);
    },
  },
});
process.send({ port: server.port });
