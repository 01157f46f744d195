// A chat as the tutorials of Socket.IO teach it, in CommonJS: names, messages, who is typing, how many are there.
const http = require("node:http");

const server = http.createServer((_request, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end('<script src="/socket.io/socket.io.js"></script>');
});
const io = require("socket.io")(server);

let numUsers = 0;

io.on("connection", (socket) => {
  let addedUser = false;

  socket.on("new message", (message) => {
    socket.broadcast.emit("new message", { username: socket.username, message });
  });

  socket.on("add user", (username) => {
    if (addedUser) return;
    socket.username = username;
    ++numUsers;
    addedUser = true;
    socket.emit("login", { numUsers });
    socket.broadcast.emit("user joined", { username: socket.username, numUsers });
  });

  socket.on("typing", () => {
    socket.broadcast.emit("typing", { username: socket.username });
  });

  socket.on("disconnect", () => {
    if (!addedUser) return;
    --numUsers;
    socket.broadcast.emit("user left", { username: socket.username, numUsers });
  });
});

module.exports = { server, io };
