// A websocket to a server of Engine.IO 4, without a client that would know what is right.
import { next } from "./tools.ts";

export interface Raw {
  /** What has come, without the opening packet; binary as Buffer. */
  readonly got: unknown[];
  /** The opening packet. */
  readonly opening: { sid: string; upgrades: string[]; pingInterval: number; pingTimeout: number };
  readonly socket: WebSocket;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}

/** Opens a websocket and waits for the opening packet; pings are not answered. */
export async function rawWebSocket(port: number, query = "", path = "/socket.io/"): Promise<Raw> {
  const url = `ws://127.0.0.1:${port}${path}?EIO=4&transport=websocket${query}`;
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const got: unknown[] = [];
  const opening = await new Promise<string>((resolve, reject) => {
    socket.addEventListener("error", () => reject(new Error("the websocket was refused")));
    socket.addEventListener("message", ({ data }) => {
      const value: unknown = data instanceof ArrayBuffer ? Buffer.from(data) : data;
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

/** The next message that is no ping. */
export async function nextMessage(raw: Raw): Promise<unknown> {
  const emitter = {
    on: (name: string, listener: (...args: unknown[]) => void) =>
      raw.socket.addEventListener(name, listener),
    off: (name: string, listener: (...args: unknown[]) => void) =>
      raw.socket.removeEventListener(name, listener),
  };
  for (;;) {
    const [{ data }] = await next<[MessageEvent]>(emitter, "message");
    if (data !== "2") return data instanceof ArrayBuffer ? Buffer.from(data) : (data as unknown);
  }
}
