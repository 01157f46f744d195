// A WebSocket and JSON are a whole client: an answer, a subscription, and what was missed while the line was broken.
import { once } from "node:events";
import { createServer } from "node:http";
// The one that browsers and Node 22 bring along does the same.
import { WebSocket } from "@hawser/websocket";
import { Server } from "hawser";

const http = createServer().listen(0, "127.0.0.1");
await once(http, "listening");
const io = new Server(http, {
  plain: true,
  delivery: {},
  subscribe: (socket, room) => room.startsWith("match:"),
});
let gone = Promise.resolve();
io.on("connection", (socket) => {
  gone = once(socket, "disconnect");
  socket.on("add", (a, b, reply) => reply?.(a + b));
});

/** Opens a line with a first message; `heard(verb)` is the next message of that kind. */
async function open(first) {
  const socket = new WebSocket(`ws://127.0.0.1:${http.address().port}/hawser/ws`);
  const messages = [];
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    messages.push(JSON.parse(data));
    wake();
  };
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  const say = (message) => socket.send(JSON.stringify(message));
  const heard = async (verb) => {
    for (;;) {
      const found = messages.findIndex((message) => verb in message);
      if (found !== -1) return messages.splice(found, 1)[0];
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  };
  say(first);
  return { socket, say, heard };
}

const client = await open({ connect: { session: true } });
const { connected } = await client.heard("connected");

client.say({ event: "add", data: [1, 2], id: 7 });
console.log(JSON.stringify(await client.heard("ack")));

client.say({ subscribe: ["match:1", "secrets"] });
console.log(
  (await client.heard("subscribed")).subscribed,
  (await client.heard("error")).error.code,
);

await io.to("match:1").durable.emit("goal", "1:0");
const { data, position } = await client.heard("event");
console.log("heard:", data[0]);

client.socket.close(); // the line breaks
await gone;
await io.to("match:1").durable.emit("goal", "2:0");

const again = await open({ recover: { session: connected.session, position } });
console.log("recovered:", (await again.heard("connected")).connected.recovered);
console.log("missed:", (await again.heard("event")).data[0]);

again.socket.close();
await io.close();
