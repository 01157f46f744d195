// The app behind both servers of the Socket.IO API.
import { broadcastText } from "./broadcast-text.mjs";
import { onTask, role, rooms, serve } from "./control.mjs";
import { measureMemberships } from "./memberships.mjs";

/** Rooms that nobody speaks to, dealt out among so many sockets. */
const sharers = 100;
let comers = 0;

function joinOthers(socket) {
  for (let room = 1 + (comers++ % sharers); room < rooms; room += sharers) {
    socket.join(`other ${room}`);
  }
}

export function socketIoServer(http, io) {
  const everybody = role === "room" ? io.to("room") : io;
  io.on("connection", (socket) => {
    if (role === "echo" || role === "polling") {
      socket.on("m", (message) => socket.emit("m", message));
      socket.on("a", (message, reply) => reply(message));
      return;
    }
    socket.join("room");
    joinOthers(socket);
    socket.on("broadcast", (first, count) => {
      for (let i = 0; i < count; i++) everybody.emit("m", broadcastText(first + i));
    });
  });
  onTask("memberships", (wanted, settled) => measureMemberships(io, wanted, settled));
  serve(http);
}
