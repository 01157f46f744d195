import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  bytes: Buffer;
}

export interface RequestInput {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** One HTTP request on a line of its own. */
export function send(port: number, path: string, input: RequestInput = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body } = input;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent: false });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, body: bytes.toString(), bytes });
      });
    });
    request.end(body);
  });
}

/** A request that stays unfinished until the test goes on with it. */
export function sendOpen(
  port: number,
  path: string,
  method: string,
): { request: ClientRequest; answer: Promise<number | string> } {
  const request = httpRequest({ host: "127.0.0.1", port, path, method, agent: false });
  const answer = new Promise<number | string>((resolve) => {
    request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });
  return { request, answer };
}

/** A TCP line to the server, and all that comes back on it. */
export class RawLine {
  readonly socket: Socket;
  received = "";

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("data", (chunk: Buffer) => {
      this.received += chunk.toString("latin1");
      this.socket.emit("more");
    });
    this.socket.on("error", () => {});
  }

  write(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Waits until `text` has come. */
  async until(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.socket, "more");
  }

  /** Waits for the end of the line and returns all that came. */
  async end(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, "close");
    return this.received;
  }
}

/** The head of a WebSocket handshake. */
export function upgradeHead(path: string, headers: Record<string, string> = {}): string {
  const all = {
    Host: "127.0.0.1",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}
