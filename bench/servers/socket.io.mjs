// npm socket.io on its default ws, websocket only.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { payloadMax, role } from "./control.mjs";
import { socketIoServer } from "./socket-io-app.mjs";

const http = createServer();
const options = {
  transports: [role === "polling" ? "polling" : "websocket"],
  perMessageDeflate: false,
  maxHttpBufferSize: payloadMax,
};
socketIoServer(http, new Server(http, options));
