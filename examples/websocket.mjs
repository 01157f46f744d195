// Plain WebSockets: a loop over messages, a broadcast that is framed once, a heartbeat, and a limit at the door.
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "@hawser/websocket";

const server = new WebSocketServer({
  port: 0,
  host: "127.0.0.1",
  heartbeat: { interval: 20, timeout: 10_000 },
  maxBuffered: 1_000_000,
  limits: { connections: 2 },
});

server.on("connection", async (socket) => {
  for await (const { data, isBinary } of socket) {
    if (isBinary) continue;
    const receivers = server.publish(`${data}, everybody`, { except: socket });
    if (!socket.send(`told ${receivers}`)) await socket.drained();
  }
});

await once(server, "listening");
const url = `ws://127.0.0.1:${server.address().port}`;
const [ada, grace] = [new WebSocket(url), new WebSocket(url)];
await Promise.all([once(ada, "open"), once(grace, "open")]);

ada.send("hello");
const [[toAda], [toGrace]] = await Promise.all([once(ada, "message"), once(grace, "message")]);
console.log(`Ada: ${toAda}; Grace: ${toGrace}`);

const linus = new WebSocket(url);
const [, answer] = await once(linus, "unexpected-response");
console.log(`Linus: ${answer.statusCode}, come again in ${answer.headers["retry-after"]} seconds`);
answer.destroy();

const [member] = server.clients;
while (member.rtt === undefined) await once(ada, "ping");
console.log(`round trip measured: ${member.rtt < 10_000}`);

ada.close();
grace.close();
server.close();
