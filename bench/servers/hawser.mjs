// hawser, its full stack over websocket only: the same app as npm socket.io gets.
import { createServer } from "node:http";
import { Server } from "hawser";
import { socketIoServer } from "./socket-io-app.mjs";

const http = createServer();
socketIoServer(http, new Server(http, { transports: ["websocket"], perMessageDeflate: false }));
