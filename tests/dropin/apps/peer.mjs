// A client, and a server if wanted, in the runtime that runs this file. Says what came of it as JSON.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { serveApplication } from "../support/backend.mjs";
import { talk } from "./talk.js";

const [role, url] = process.argv.slice(2);
const say = (value) => console.log(JSON.stringify(value));

if (role === "client") {
  for (const transport of ["polling", "websocket"]) {
    say(await talk(url, { transports: [transport] }));
  }
  process.exit(0);
} else {
  const http = createServer((request, response) => response.end("the app's own"));
  const io = serveApplication(new Server(http));
  http.listen(0, "127.0.0.1", () => say({ port: http.address().port }));
  io.on("connection", (socket) => socket.on("end", () => io.close(() => process.exit(0))));
}
