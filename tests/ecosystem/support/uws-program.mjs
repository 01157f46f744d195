// A server on an app of µWebSockets.js, in a process of the Node that its binary was made for. Tells its parent the
// port, or why there is none; ends when it is told to.
import { createRequire } from "node:module";
import { Server } from "socket.io";

function load() {
  try {
    return createRequire(import.meta.url)("uwebsockets");
  } catch (error) {
    process.send({ missing: error.message });
    return undefined;
  }
}

function serve(uws) {
  const app = uws.App();
  const io = new Server({ pingInterval: 200, allowEIO3: true });
  io.attachApp(app);
  io.use((socket, next) => next(socket.handshake.auth.refuse ? new Error("refused") : undefined));
  io.on("connection", (socket) => {
    socket.on("echo", (...args) => args.pop()(...args));
    socket.on("which", (reply) => reply(socket.conn.transport.name, socket.handshake.address));
    socket.on("join", (room, reply) => {
      void socket.join(room);
      reply();
    });
    socket.on("to room", (room, ...args) => io.to(room).emit("news", ...args));
    socket.on("end", () => socket.disconnect(true));
  });
  app.get("/other", (response) => response.end("the app's own"));
  app.listen("127.0.0.1", 0, (listening) => {
    process.send({ port: uws.us_socket_local_port(listening) });
  });
  const end = () => process.exit(0);
  process.on("message", (message) => message === "end" && end());
  process.on("disconnect", end);
}

const uws = load();
if (uws !== undefined) serve(uws);
