// What is judged: an echo server or an echo client. With HAWSER_TEST_CONTROL it is that of npm `ws`, to see whether a
// case is right.
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type * as Peer from "ws";
import { tls } from "../support/fixtures.ts";
import { next } from "../support/wait.ts";

export const control: boolean = Boolean(process.env["HAWSER_TEST_CONTROL"]);

/** npm's package sets the types: the API is the same. */
export const subject: typeof Peer = (await import(
  control ? "ws" : "@hawser/websocket"
)) as typeof Peer;

/**
 * Hawser is judged with its defaults. `ws` counts fragments, and fails some cases of section 9 by its own; 0 is no limit.
 */
const limits = control ? { maxFragments: 0, maxBufferedChunks: 0 } : {};

/** How an echo is set up. */
export interface EchoOptions {
  readonly tls?: boolean;
  readonly perMessageDeflate?: boolean | object;
  /** Default: that of the subject. */
  readonly maxPayload?: number;
}

export interface EchoServer {
  readonly port: number;
  /** Problems that were told by `error` events of the sockets: their codes. */
  readonly errors: string[];
  close(): Promise<void>;
}

function echo(socket: Peer.WebSocket, errors: string[]): void {
  socket.on("message", (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
  socket.on("error", (error: Error & { code?: string }) => errors.push(error.code ?? error.name));
}

export async function echoServer(options: EchoOptions = {}): Promise<EchoServer> {
  const http = options.tls === true ? createTlsServer(tls) : createServer();
  const errors: string[] = [];
  const server = new subject.WebSocketServer({
    ...limits,
    server: http,
    perMessageDeflate: options.perMessageDeflate ?? false,
    ...(options.maxPayload === undefined ? {} : { maxPayload: options.maxPayload }),
  });
  server.on("connection", (socket) => echo(socket, errors));
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
  return {
    port: (http.address() as AddressInfo).port,
    errors,
    async close() {
      for (const client of server.clients) client.terminate();
      server.close();
      const closed = next(http, "close");
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** A client that sends back what it gets. */
export function echoClient(port: number, path: string, options: EchoOptions = {}): Peer.WebSocket {
  const scheme = options.tls === true ? "wss" : "ws";
  const socket = new subject.WebSocket(`${scheme}://127.0.0.1:${port}${path}`, {
    ...limits,
    rejectUnauthorized: false,
    perMessageDeflate: options.perMessageDeflate ?? false,
    ...(options.maxPayload === undefined ? {} : { maxPayload: options.maxPayload }),
  });
  echo(socket, []);
  return socket;
}
