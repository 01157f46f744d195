// The app behind both servers of the Socket.IO API.
import { broadcastText } from "./broadcast-text.mjs";
import { role, serve } from "./control.mjs";

export function socketIoServer(http, io) {
  const everybody = role === "room" ? io.to("room") : io;
  io.on("connection", (socket) => {
    if (role === "echo") {
      socket.on("m", (message) => socket.emit("m", message));
      socket.on("a", (message, reply) => reply(message));
      return;
    }
    socket.join("room");
    socket.on("broadcast", (first, count) => {
      for (let i = 0; i < count; i++) everybody.emit("m", broadcastText(first + i));
    });
  });
  serve(http);
}
