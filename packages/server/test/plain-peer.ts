import { once } from "node:events";
import { createServer } from "node:http";
import { decodePlainMsgpack, encodePlainMsgpack } from "@hawser/protocol";
import { afterEach } from "vitest";
import { Server } from "../src/server.ts";
import type { AddressInfo } from "node:net";
import type { PlainMessage } from "@hawser/protocol";
import type { ServerOptions } from "../src/options.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) await next();
});

/** A server with plain clients on a port of its own, until the test is over. */
export async function startPlain(
  options: Partial<ServerOptions> = {},
): Promise<{ io: Server; port: number }> {
  const http = createServer();
  const io = new Server(http, { plain: true, ...options });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  cleanups.push(() => {
    http.closeAllConnections();
    return io.close();
  });
  return { io, port: (http.address() as AddressInfo).port };
}

export type Said = Record<string, unknown>;

/** A client with the WebSocket of Node, which keeps what it hears. */
export class PlainPeer {
  readonly socket: WebSocket;
  readonly heard: Said[] = [];
  /** Frames as they came. */
  readonly frames: (string | Buffer)[] = [];
  closed: { code: number; reason: unknown } | undefined = undefined;
  private waiting: (() => void)[] = [];

  constructor(port: number, path = "/hawser/ws", protocols: string[] = ["hawser.v1.json"]) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
    this.socket.binaryType = "arraybuffer";
    this.socket.addEventListener("message", (event) => {
      const data = event.data as string | ArrayBuffer;
      this.frames.push(typeof data === "string" ? data : Buffer.from(data));
      if (typeof data === "string" && data.startsWith("{")) this.heard.push(JSON.parse(data));
      this.wake();
    });
    this.socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason: reason === "" ? undefined : JSON.parse(reason) };
      this.wake();
    });
  }

  async open(...first: Said[]): Promise<this> {
    if (this.socket.readyState !== WebSocket.OPEN) await once(this.socket, "open");
    this.say(...first);
    return this;
  }

  say(...messages: (Said | string | Uint8Array<ArrayBuffer>)[]): void {
    for (const message of messages) {
      const isFrame = typeof message === "string" || message instanceof Uint8Array;
      this.socket.send(isFrame ? message : JSON.stringify(message));
    }
  }

  /** Says it in MessagePack. */
  pack(message: PlainMessage): void {
    this.socket.send(encodePlainMsgpack(message));
  }

  /** What it was told in MessagePack. */
  get unpacked(): PlainMessage[] {
    return this.frames.map((frame) => decodePlainMsgpack(frame as Buffer, "server"));
  }

  /** The messages with this verb. */
  all(verb: string): unknown[] {
    return this.heard.filter((message) => verb in message).map((message) => message[verb]);
  }

  codes(): unknown[] {
    return this.all("error").map((error) => (error as { code: string }).code);
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async hears(verb: string, count = 1): Promise<unknown[]> {
    await this.until(() => this.all(verb).length >= count);
    return this.all(verb);
  }

  /** Everything that was said before has been read and answered. */
  async settled(): Promise<void> {
    const mark = this.all("pong").length;
    this.say({ ping: mark });
    await this.hears("pong", mark + 1);
  }

  async ends(): Promise<{ code: number; reason: unknown }> {
    await this.until(() => this.closed !== undefined);
    return this.closed!;
  }

  private wake(): void {
    for (const each of this.waiting.splice(0)) each();
  }
}
