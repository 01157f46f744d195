// Handshakes by hand: of a raw client with a server, and of a raw server with a client.
import { createHash } from "node:crypto";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { tls } from "../../support/fixtures.ts";
import { next, within } from "../../support/wait.ts";
import { Line } from "./line.ts";

const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";

function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** Header lines by lower-case name. */
export type Headers = ReadonlyMap<string, string>;

function parseHead(head: string): { start: string; headers: Headers } {
  const [start = "", ...lines] = head.split("\r\n");
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { start, headers: new Map(pairs) };
}

/** Reads the head of an HTTP message and leaves what follows in the socket. */
export async function readHead(socket: Socket): Promise<{ start: string; headers: Headers }> {
  const got = new Promise<string>((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf("\r\n\r\n");
      if (end === -1) return;
      socket.off("data", onData);
      socket.off("close", onClose);
      socket.pause();
      if (bytes.length > end + 4) socket.unshift(bytes.subarray(end + 4));
      resolve(bytes.toString("latin1", 0, end));
    };
    const onClose = (): void => reject(new Error(`closed after ${JSON.stringify(String(bytes))}`));
    socket.on("data", onData);
    socket.on("close", onClose);
    socket.on("error", () => undefined);
  });
  return parseHead(await within("the head of an HTTP message", got, 20_000));
}

export interface DialOptions {
  readonly tls?: boolean;
  /** A `Sec-WebSocket-Extensions` header. */
  readonly offer?: string | undefined;
  readonly path?: string;
}

/** A raw client: opens a line to a server. */
export async function dial(
  port: number,
  options: DialOptions = {},
): Promise<{ line: Line; headers: Headers }> {
  // The one or the other end must say by itself that it has no more to send.
  const to = { port, host: "127.0.0.1", allowHalfOpen: true, rejectUnauthorized: false };
  const socket = options.tls === true ? connectTls(to as never) : connect(to);
  socket.on("error", () => undefined);
  await next(socket, options.tls === true ? "secureConnect" : "connect", 20_000);
  const offer = options.offer === undefined ? "" : `Sec-WebSocket-Extensions: ${options.offer}\r\n`;
  socket.write(
    `GET ${options.path ?? "/"} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${sampleKey}\r\nSec-WebSocket-Version: 13\r\n${offer}\r\n`,
  );
  const { start, headers } = await readHead(socket);
  if (!start.startsWith("HTTP/1.1 101 ")) {
    socket.destroy();
    throw new Error(`the handshake was answered with ${start}`);
  }
  if (headers.get("sec-websocket-accept") !== acceptOf(sampleKey)) throw new Error("wrong accept");
  const line = new Line(socket, "server");
  return { line, headers };
}

/** A raw server, to which clients come one by one, each with a path of its own. */
export class RawServer {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Map<string, (socket: Socket, headers: Headers) => void>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on(server.listenerCount("tlsClientError") > 0 ? "secureConnection" : "connection", (s) =>
      this.#onSocket(s as Socket),
    );
  }

  static async listen(secure: boolean): Promise<RawServer> {
    const server = secure
      ? createTlsServer({ ...tls, allowHalfOpen: true } as never)
      : createServer({ allowHalfOpen: true });
    if (secure) server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    await next(server, "listening");
    return new RawServer(server);
  }

  /** Accepts the client that asks for this path, with the extension that `choose` makes of its offer. */
  async accept(
    path: string,
    choose: (offer: string) => string | undefined = () => undefined,
  ): Promise<{ line: Line; headers: Headers }> {
    const arrived = new Promise<[Socket, Headers]>((resolve) => {
      this.#waiting.set(path, (socket, headers) => resolve([socket, headers]));
    });
    const [socket, headers] = await within(`a client at ${path}`, arrived, 20_000);
    const chosen = choose(headers.get("sec-websocket-extensions") ?? "");
    const extension = chosen === undefined ? "" : `Sec-WebSocket-Extensions: ${chosen}\r\n`;
    const accept = acceptOf(headers.get("sec-websocket-key") ?? "");
    const line = new Line(socket, "client");
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n${extension}\r\n`,
    );
    return { line, headers };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  async #onSocket(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
    try {
      const { start, headers } = await readHead(socket);
      const path = start.split(" ")[1] ?? "";
      const take = this.#waiting.get(path);
      this.#waiting.delete(path);
      if (take === undefined) socket.destroy();
      else take(socket, headers);
    } catch {
      socket.destroy();
    }
  }
}
