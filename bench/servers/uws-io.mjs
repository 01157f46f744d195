// A server of the Socket.IO API on an app of µWebSockets.js.
import { load } from "../native/load.mjs";
import { payloadMax } from "./control.mjs";
import { socketIoServer } from "./socket-io-app.mjs";

export function serveOnUws(Server) {
  const uws = load("uwebsockets");
  const app = uws.App();
  const io = new Server({ transports: ["websocket"], maxHttpBufferSize: payloadMax });
  io.attachApp(app);
  const listener = {
    listen: (_, then) =>
      app.listen("127.0.0.1", 0, (token) => {
        listener.address = () => ({ port: uws.us_socket_local_port(token) });
        then();
      }),
  };
  socketIoServer(listener, io);
}
