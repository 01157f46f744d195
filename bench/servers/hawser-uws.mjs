// hawser on µWebSockets.js.
import { Server } from "hawser";
import { serveOnUws } from "./uws-io.mjs";

serveOnUws(Server);
