// TypeScript in CommonJS.
import { createServer } from "node:http";
import socketio = require("socket.io");
import client = require("socket.io-client");

export const io: socketio.Server = new socketio.Server(createServer());
io.on("connection", (socket: socketio.Socket) => socket.emit("hello", socket.handshake.auth));
export const namespace: socketio.Namespace = io.of("/");
export const socket: client.Socket = client.io("http://localhost");
export const manager: client.Manager = new client.Manager();
