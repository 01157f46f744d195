// Both builds of @hawser/websocket have the same names in their types.
import * as esm from "@hawser/websocket";
import cjs = require("@hawser/websocket");

type Missing = Exclude<keyof typeof esm, "default" | keyof typeof cjs>;
const nothing: [Missing] extends [never] ? true : Missing = true;

const server: cjs.WebSocketServer = new cjs.Server({ noServer: nothing });
export const sockets: esm.RawData | cjs.RawData = Buffer.from(String(server instanceof esm.Server));
