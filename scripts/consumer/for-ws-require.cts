/* oxlint-disable -- how others write is not ours to say */
// What projects have written for `ws` in CommonJS, in TypeScript.
import WebSocket = require("@hawser/websocket");
import Named, {
  WebSocketServer,
  type RawData,
  type WebSocket as Instance,
} from "@hawser/websocket";
import * as all from "@hawser/websocket";

const server: WebSocket.Server = new WebSocket.Server({ port: 0 });
const other: WebSocketServer = new WebSocketServer({ noServer: true });
server.on("connection", (socket: WebSocket) => {
  const instance: Instance = socket;
  const named: Named = instance;
  const data: RawData = Buffer.from("x");
  const same: WebSocket.RawData = data;
  const again: all.RawData = same;
  named.send(again as Buffer);
  WebSocket.createWebSocketStream(named).pipe(all.createWebSocketStream(socket));
});
const client: WebSocket.WebSocket = new WebSocket.WebSocket("ws://localhost");
client.on("open", () => client.readyState === WebSocket.OPEN);

export = { server, other, client };
