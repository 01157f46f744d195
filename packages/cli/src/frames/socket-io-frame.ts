const enginePackets = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const socketPackets = [
  "CONNECT",
  "DISCONNECT",
  "EVENT",
  "ACK",
  "CONNECT_ERROR",
  "BINARY_EVENT",
  "BINARY_ACK",
];

/** The layers of a text: what each is called, and what is inside the last. */
export interface Layers {
  readonly layers: string[];
  readonly body: string;
}

/** An Engine.IO packet, and the Socket.IO packet in it. What is malformed is shown as it is: that is what one looks for. */
export function layersOfEngineText(text: string): Layers {
  const engine = /^[0-6]$/.test(text[0] ?? "") ? enginePackets[Number(text[0])]! : undefined;
  if (engine === undefined) {
    if (text.startsWith("b")) return { layers: ["base64"], body: text.slice(1) };
    return { layers: ["malformed"], body: text };
  }
  if (engine !== "message") return { layers: [engine], body: text.slice(1) };
  const { layers, body } = layersOfSocketPacket(text.slice(1));
  return { layers: [engine, ...layers], body };
}

/** `type[attachments-][/namespace,][id]data` (Socket.IO protocol 5). */
function layersOfSocketPacket(text: string): Layers {
  const parts = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*)(?:,|$))?(\d+)?(.*)$/s.exec(text);
  if (!parts) return { layers: ["malformed"], body: text };
  const [, type, attachments, namespace, id, body] = parts;
  const words = [
    socketPackets[Number(type)]!,
    ...(namespace === undefined ? [] : [namespace]),
    ...(id === undefined ? [] : [`#${id}`]),
    ...(attachments === undefined ? [] : [`+${attachments} binary`]),
  ];
  return { layers: [words.join(" ")], body: body! };
}
