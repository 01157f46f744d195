// What a project in CommonJS writes, in TypeScript.
import hawser = require("hawser");
import client = require("@hawser/client");
import engine = require("@hawser/engine");
import protocol = require("@hawser/protocol");
import websocket = require("@hawser/websocket");

const server: hawser.Server = new hawser.Server();
server.on("connection", (socket: hawser.Socket) => socket.emit("hello", socket.id));

const socket: client.Socket = client.io("http://127.0.0.1:1", { autoConnect: false });
socket.on("hello", (id: string) => id.length);

export = { server, socket, engine, protocol, websocket };
