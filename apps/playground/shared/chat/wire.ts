/** In which language of the port somebody speaks. */
export type Wire = "socket.io" | "json" | "msgpack" | "text" | "sse" | "http";

/** What people read. */
export const wireNames: Readonly<Record<Wire, string>> = {
  "socket.io": "Socket.IO",
  json: "JSON",
  msgpack: "MessagePack",
  text: "Text",
  sse: "SSE",
  http: "HTTP",
};

/** Where the languages besides Socket.IO are spoken. */
export const paths = {
  /** A WebSocket that speaks the plain dialect. */
  plain: "/hawser/ws",
  /** A WebSocket that speaks bare text: each frame is a message to the lobby. */
  text: "/hawser/text",
  sse: "/hawser/sse",
  publish: "/hawser/publish",
} as const;

export const msgpackProtocol = "hawser.v1.msgpack";

/** The language of a handshake, by its path and the subprotocols that it offers. */
export function wireOf(url: string, subprotocols: string | undefined): Wire {
  const path = url.replace(/\?.*$/s, "");
  if (path === paths.sse) return "sse";
  if (path === paths.text) return "text";
  if (path !== paths.plain) return "socket.io";
  const known = subprotocols?.split(",").find((name) => name.trim().startsWith("hawser.v"));
  return known?.trim() === msgpackProtocol ? "msgpack" : "json";
}
