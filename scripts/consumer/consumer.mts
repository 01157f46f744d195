// What a project in ESM writes, in TypeScript: everything must have a type that is not `any`.
import { Server, type Socket } from "hawser";
import { io, Manager, type Socket as ClientSocket } from "@hawser/client";
import * as engine from "@hawser/engine";
import { fileLog, type SqliteLogError } from "@hawser/log-sqlite";
import * as protocol from "@hawser/protocol";
import { WebSocket, WebSocketServer } from "@hawser/websocket";

interface ToServer {
  say: (text: string, done: (length: number) => void) => void;
}
interface ToClient {
  said: (text: string, at: number) => void;
}

type IsAny<T> = 0 extends 1 & T ? true : false;
const typed = <T,>(_value: IsAny<T> extends true ? never : T): void => undefined;

const server: Server<ToServer, ToClient> = new Server<ToServer, ToClient>();
typed<Server<ToServer, ToClient>>(server);
server.on("connection", (socket: Socket<ToServer, ToClient>) => {
  socket.on("say", (text, done) => {
    typed<string>(text);
    done(text.length);
    server.to("room").emit("said", text, 1);
    // @ts-expect-error the second argument is a number
    socket.emit("said", text, "1");
  });
});

const log = fileLog("chat.db", { durability: { batchedMs: 10 } });
typed<Promise<{ epoch: string; last: number }>>(log.open({ count: 10 }));
void new Server({ delivery: { log }, pressure: { bytes: "1mb" } }).pressure.dropped;
typed<(error: SqliteLogError) => string>((error) => error.code);
// @ts-expect-error there is no such durability
fileLog("chat.db", { durability: "often" });

const client: ClientSocket<ToClient, ToServer> = io("http://127.0.0.1:1", { autoConnect: false });
client.on("said", (text, at) => {
  typed<string>(text);
  typed<number>(at);
});
client.emit("say", "hello", (length) => typed<number>(length));
// @ts-expect-error there is no such event
client.emit("shout", "hello");

typed<typeof engine>(engine);
typed<typeof protocol>(protocol);
typed<typeof Manager>(Manager);
typed<typeof WebSocket>(WebSocket);
typed<typeof WebSocketServer>(WebSocketServer);
