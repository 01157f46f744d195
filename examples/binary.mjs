// Binary anywhere in the arguments, in both directions.
import { once } from "node:events";
import { createServer } from "node:http";
import { io as connect } from "@hawser/client";
import { Server } from "hawser";

const http = createServer().listen(0, "127.0.0.1");
await once(http, "listening");
const io = new Server(http);

io.on("connection", (socket) => {
  socket.on("invert", ({ name, pixels }, reply) => {
    reply({ name: `not ${name}`, pixels: pixels.map((pixel) => 255 - pixel) });
  });
});

const socket = connect(`http://127.0.0.1:${http.address().port}`);
const picture = { name: "dark", pixels: Uint8Array.of(0, 1, 2) };
const inverted = await socket.emitWithAck("invert", picture);
console.log(inverted.name, [...inverted.pixels]);

socket.disconnect();
await io.close();
