// A websocket to a server of Engine.IO 4, without a client that would know what is right.
import { WebSocket } from "ws";
import { next } from "./tools.ts";

export interface Raw {
  /** What has come, without the opening packet: text, or a Buffer. */
  readonly got: unknown[];
  /** The opening packet. */
  readonly opening: { sid: string; upgrades: string[]; pingInterval: number; pingTimeout: number };
  readonly socket: WebSocket;
  send(data: string | Uint8Array): void;
  close(): void;
}

/** Opens a websocket and waits for the opening packet; pings are not answered. */
export async function rawWebSocket(port: number, query = "", path = "/socket.io/"): Promise<Raw> {
  const url = `ws://127.0.0.1:${port}${path}?EIO=4&transport=websocket${query}`;
  const socket = new WebSocket(url);
  const got: unknown[] = [];
  const opening = await new Promise<string>((resolve, reject) => {
    socket.on("error", () => reject(new Error("the websocket was refused")));
    socket.on("message", (data: Buffer, isBinary) => {
      const value = isBinary ? data : data.toString();
      if (typeof value === "string" && value.startsWith("0")) resolve(value.slice(1));
      else got.push(value);
    });
  });
  return {
    got,
    opening: JSON.parse(opening) as Raw["opening"],
    socket,
    send: (data) => socket.send(data),
    close: () => socket.close(),
  };
}

/** The next message that is no ping: text, or a Buffer. */
export async function nextMessage(raw: Raw): Promise<unknown> {
  for (;;) {
    const [data, isBinary] = await next<[Buffer, boolean]>(raw.socket, "message");
    const value = isBinary ? data : data.toString();
    if (value !== "2") return value;
  }
}
