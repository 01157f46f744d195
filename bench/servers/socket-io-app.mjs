// The app behind both servers of the Socket.IO API.
import { broadcastText } from "./broadcast-text.mjs";
import { onTask, role, serve } from "./control.mjs";
import { measureMemberships } from "./memberships.mjs";

export function socketIoServer(http, io) {
  const everybody = role === "room" ? io.to("room") : io;
  io.on("connection", (socket) => {
    if (role === "echo" || role === "polling") {
      socket.on("m", (message) => socket.emit("m", message));
      socket.on("a", (message, reply) => reply(message));
      return;
    }
    socket.join("room");
    socket.on("broadcast", (first, count) => {
      for (let i = 0; i < count; i++) everybody.emit("m", broadcastText(first + i));
    });
  });
  onTask("memberships", (count, settled) => measureMemberships(io, count, settled));
  serve(http);
}
