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

/** What is allowed to a peer in these tests: more than by default, since the cases go up to 16 MiB in tiny fragments. */
export const limits = {
  maxPayload: 32 * 1_048_576,
  // For ws, which counts them; 0 is no limit.
  maxFragments: 0,
  maxBufferedChunks: 0,
} as const;

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

export async function echoServer(
  options: { tls?: boolean; perMessageDeflate?: boolean | object } = {},
): Promise<EchoServer> {
  const http = options.tls === true ? createTlsServer(tls) : createServer();
  const errors: string[] = [];
  const server = new subject.WebSocketServer({
    ...limits,
    server: http,
    perMessageDeflate: options.perMessageDeflate ?? false,
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
export function echoClient(
  port: number,
  path: string,
  options: { tls?: boolean; perMessageDeflate?: boolean | object } = {},
): Peer.WebSocket {
  const scheme = options.tls === true ? "wss" : "ws";
  const socket = new subject.WebSocket(`${scheme}://127.0.0.1:${port}${path}`, {
    ...limits,
    rejectUnauthorized: false,
    perMessageDeflate: options.perMessageDeflate ?? false,
  });
  echo(socket, []);
  return socket;
}
