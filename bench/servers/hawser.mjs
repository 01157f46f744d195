// hawser, its full stack over websocket only: the same app as npm socket.io gets.
import { createServer } from "node:http";
import { Server } from "hawser";
import { payloadMax, role } from "./control.mjs";
import { socketIoServer } from "./socket-io-app.mjs";

const http = createServer();
const options = {
  transports: [role === "polling" ? "polling" : "websocket"],
  perMessageDeflate: false,
  maxHttpBufferSize: payloadMax,
};
socketIoServer(http, new Server(http, options));
