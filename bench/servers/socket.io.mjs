// npm socket.io on its default ws, websocket only.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { socketIoServer } from "./socket-io-app.mjs";

const http = createServer();
socketIoServer(http, new Server(http, { transports: ["websocket"], perMessageDeflate: false }));
