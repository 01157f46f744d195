// Who speaks WebSocket to whom. npm ws sets the types: @hawser/websocket has its habits.
import type * as Ws from "ws";

export type WebSocketMaker = "hawser" | "ws";
export type WsServer = Ws.WebSocketServer;
export type WsSocket = Ws.WebSocket;

const packages = { hawser: "@hawser/websocket", ws: "ws" } as const;

export async function loadWebSocket(maker: WebSocketMaker): Promise<typeof Ws> {
  return (await import(packages[maker])) as typeof Ws;
}

/** What all three clients (Hawser's, ws's, the platform's own) have in common. */
export type AnyWebSocket = Pick<
  WebSocket,
  "binaryType" | "close" | "protocol" | "readyState" | "send" | "addEventListener"
>;

export type ClientMaker = WebSocketMaker | "the platform";

/** A way to open clients of one maker. */
export async function loadClientOf(
  maker: ClientMaker,
): Promise<(url: string, protocols?: string[]) => AnyWebSocket> {
  if (maker === "the platform") return (url, protocols) => new WebSocket(url, protocols);
  const { WebSocket: Client } = await loadWebSocket(maker);
  return (url, protocols) => new Client(url, protocols) as unknown as AnyWebSocket;
}
