import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Connection, ConnectionHandler } from "../connection/connection.ts";
import type { WebSocketError } from "../errors.ts";
import { acceptUpgrade } from "../handshake/accept.ts";
import type { AcceptOptions } from "../handshake/accept.ts";
import { refuseUpgrade } from "../handshake/refuse.ts";
import { certificate, privateKey } from "./certificate.ts";

/** What a connection told, in order. */
export class Ears implements ConnectionHandler {
  readonly messages: (string | Buffer)[] = [];
  readonly pings: Buffer[] = [];
  readonly pongs: Buffer[] = [];
  readonly errors: WebSocketError[] = [];
  drains = 0;
  closed: { code: number; reason: string } | undefined = undefined;
  connection: Connection | undefined = undefined;
  private waiting: (() => void)[] = [];

  onMessage(data: string | Buffer): void {
    this.messages.push(data);
    this.wake();
  }
  onPing(data: Buffer): void {
    this.pings.push(data);
    this.wake();
  }
  onPong(data: Buffer): void {
    this.pongs.push(data);
    this.wake();
  }
  onDrain(): void {
    this.drains++;
    this.wake();
  }
  onError(error: WebSocketError): void {
    this.errors.push(error);
    this.wake();
  }
  onClose(code: number, reason: string): void {
    if (this.closed !== undefined) throw new Error("closed twice");
    this.closed = { code, reason };
    this.wake();
  }

  /** Waits until something holds; every call of the connection is looked at. */
  async until(holds: (ears: this) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** A server of bare connections on 127.0.0.1. */
export interface TestServer {
  readonly http: Server;
  readonly port: number;
  /** One for each accepted connection, in order. */
  readonly ears: Ears[];
  /** Opens a raw line, with the handshake done, and waits until the server has its end of it. */
  dial(
    lines?: Record<string, string>,
  ): Promise<{ socket: Socket; ears: Ears; connection: Connection }>;
  close(): Promise<void>;
}

/** Starts one. `onOpen` may replace the handler, and say at once what the server sends first. */
export async function serve(
  options: AcceptOptions & { tls?: boolean } = {},
  onOpen: (connection: Connection, ears: Ears) => void = () => {},
): Promise<TestServer> {
  const http =
    options.tls === true ? createTlsServer({ cert: certificate, key: privateKey }) : createServer();
  const all: Ears[] = [];
  const sockets = new Set<Socket>();
  http.on("upgrade", (request, socket, head) => {
    const ears = new Ears();
    const connection = acceptUpgrade(request, socket, head, options, ears);
    if (connection instanceof Error) {
      refuseUpgrade(socket, connection.status, connection.message, connection.headers);
      return;
    }
    ears.connection = connection;
    all.push(ears);
    onOpen(connection, ears);
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    http,
    port,
    ears: all,
    async dial(lines) {
      const socket =
        options.tls === true
          ? connectTls({ port, host: "127.0.0.1", ca: certificate, allowHalfOpen: true } as never)
          : connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
      socket.write(upgradeRequest(lines));
      await readHead(socket);
      const ears = all.at(-1) as Ears;
      return { socket, ears, connection: ears.connection as Connection };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const ears of all) ears.connection?.terminate();
      http.close();
      await once(http, "close");
    },
  };
}

/** A client's handshake, with lines of it replaced or added; an empty value leaves the line out. */
export function upgradeRequest(
  lines: Record<string, string> = {},
  start = "GET / HTTP/1.1",
): string {
  const headers = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...lines,
  };
  const kept = Object.entries(headers).filter(([, value]) => value !== "");
  return [start, ...kept.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
}

/** Reads the head of an HTTP answer, and leaves what follows in the socket. */
export async function readHead(socket: Socket): Promise<string> {
  let head = Buffer.alloc(0);
  for (;;) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) {
      await once(socket, "readable");
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) continue;
    const rest = head.subarray(end + 4);
    if (rest.length > 0) socket.unshift(rest);
    return head.toString("latin1", 0, end);
  }
}

/** Reads until so many bytes have come, or the line ends. */
export async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < count) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) {
      chunks.push(chunk);
      length += chunk.length;
    } else if (socket.readableEnded || socket.destroyed) {
      break;
    } else {
      await change(socket);
    }
  }
  return Buffer.concat(chunks);
}

/** Waits until there is something to read, or nothing more to come. */
function change(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const events = ["readable", "end", "close"];
    const done = (): void => {
      for (const event of events) socket.off(event, done);
      resolve();
    };
    for (const event of events) socket.on(event, done);
  });
}

/** Reads until the line ends. */
export async function readAll(socket: Socket): Promise<Buffer> {
  return readBytes(socket, Infinity);
}
