// npm socket.io on µWebSockets.js.
import { Server } from "socket.io";
import { serveOnUws } from "./uws-io.mjs";

serveOnUws(Server);
