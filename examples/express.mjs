// On the port of an Express app, whose own routes stay.
import { once } from "node:events";
import { createServer } from "node:http";
import { io as connect } from "@hawser/client";
import express from "express";
import { Server } from "hawser";

const app = express();
app.get("/", (_request, response) => response.send("the app's own page"));

const http = createServer(app);
const io = new Server(http); // the server, not the app
io.on("connection", (socket) => socket.emit("welcome"));

http.listen(0, "127.0.0.1");
await once(http, "listening");
const url = `http://127.0.0.1:${http.address().port}`;

const socket = connect(url);
await new Promise((resolve) => {
  socket.on("welcome", resolve);
});
console.log("welcome");
console.log(await (await fetch(url)).text());

socket.disconnect();
await io.close();
