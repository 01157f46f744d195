// A whiteboard as the examples of Socket.IO have it, with `new`: every line that one draws, the others see.
const { createServer } = require("node:http");
const IO = require("socket.io");

const server = createServer();
const io = new IO(server, { cors: { origin: "http://board.test" } });

io.on("connection", (socket) => {
  socket.on("drawing", (data) => socket.broadcast.emit("drawing", data));
});

module.exports = { server, io };
