// hawser, the same app, for clients of the plain dialect (JSON or MessagePack, as each asks for), Server-Sent Events, and
// those who publish over HTTP.
import { createServer } from "node:http";
import { Server } from "hawser";
import { payloadMax } from "./control.mjs";
import { socketIoServer } from "./socket-io-app.mjs";

const http = createServer();
const options = {
  plain: true,
  sse: true,
  subscribe: () => true,
  // Without keys: for programs on this machine.
  publish: {},
  perMessageDeflate: false,
  maxHttpBufferSize: payloadMax,
};
socketIoServer(http, new Server(http, options));
