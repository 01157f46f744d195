// One room, three wires: a client of Socket.IO, a plain WebSocket with JSON, and one that only knows lines of text.
import { once } from "node:events";
import { createServer } from "node:http";
import { io as connect } from "@hawser/client";
// The one that browsers and Node 22 bring along does the same.
import { WebSocket } from "@hawser/websocket";
import { Server } from "hawser";

const http = createServer().listen(0, "127.0.0.1");
await once(http, "listening");
const io = new Server(http, {
  plain: [
    { path: "/hawser/ws" },
    {
      path: "/lines",
      mode: "raw",
      decode: (line) => ["say", String(line)],
      encode: (event, args) => (event === "said" ? args.join(": ") : undefined),
    },
  ],
});

// Whatever they speak, each is a socket.
io.on("connection", (socket) => {
  const who = socket.handshake.auth.token;
  socket.join("lobby");
  socket.on("say", (text) => io.to("lobby").emit("said", who, text));
});

const at = `127.0.0.1:${http.address().port}`;
const heard = { ada: [], grace: [], linus: [] };
let wake = () => {};
const note = (who, text) => {
  heard[who].push(text);
  wake();
};

const ada = connect(`http://${at}`, { auth: { token: "Ada" } });
ada.on("said", (who, text) => note("ada", `${who}: ${text}`));
await once(ada, "connect");

const grace = new WebSocket(`ws://${at}/hawser/ws?token=Grace&connect`);
const entered = new Promise((resolve) => {
  grace.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.connected) resolve();
    if (message.event === "said") note("grace", message.data.join(": "));
  };
});
await entered;

const linus = new WebSocket(`ws://${at}/lines?token=Linus`);
linus.onmessage = ({ data }) => note("linus", data);
await new Promise((resolve) => {
  linus.onopen = resolve;
});

const speak = [
  () => ada.emit("say", "from Socket.IO"),
  () => grace.send('{"event":"say","data":["from JSON"]}'),
  () => linus.send("from a line of text"),
];
for (const [i, say] of speak.entries()) {
  say();
  while (Object.values(heard).some((lines) => lines.length <= i)) {
    await new Promise((resolve) => {
      wake = resolve;
    });
  }
}
for (const [who, lines] of Object.entries(heard)) console.log(`${who} heard`, lines.join(", "));

ada.disconnect();
grace.close();
linus.close();
await io.close();
