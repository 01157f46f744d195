// µWebSockets.js, raw messages without events.
import { load } from "../native/load.mjs";
import { broadcastOrder, broadcastText } from "./broadcast-text.mjs";
import { payloadMax, role } from "./control.mjs";

const uws = load("uwebsockets");

function onOrder(app, message) {
  const { first, count } = broadcastOrder(Buffer.from(message).toString());
  for (let i = 0; i < count; i++) app.publish("all", broadcastText(first + i));
}

const app = uws.App();
app.ws("/*", {
  maxPayloadLength: payloadMax,
  maxBackpressure: payloadMax,
  compression: uws.DISABLED,
  idleTimeout: 0,
  open: (socket) => socket.subscribe("all"),
  message(socket, message, isBinary) {
    if (role === "echo") socket.send(message, isBinary, false);
    else onOrder(app, message);
  },
});
app.listen("127.0.0.1", 0, (listening) => {
  process.send({ port: uws.us_socket_local_port(listening) });
});
