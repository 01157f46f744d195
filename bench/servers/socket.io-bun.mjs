// npm socket.io on Bun, with the engine that its authors made for it.
import { load } from "../native/load.mjs";
import { payloadMax } from "./control.mjs";
import { socketIoServer } from "./socket-io-app.mjs";

const { Bun } = globalThis;
globalThis.gc ??= () => Bun.gc(true);

const { Server: Engine } = load("@socket.io/bun-engine");
const { Server } = load("socket.io");
const engine = new Engine({ path: "/socket.io/", maxHttpBufferSize: payloadMax });
const io = new Server({ maxHttpBufferSize: payloadMax });
io.bind(engine);
let server;
const listener = {
  listen(_, then) {
    server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 60, ...engine.handler() });
    then();
  },
  address: () => ({ port: server.port }),
};
socketIoServer(listener, io);
