import { ProtocolError } from "./errors.ts";

/** Types of Socket.IO 5 packets: the digit on the wire. */
export const PacketType = {
  CONNECT: 0,
  DISCONNECT: 1,
  EVENT: 2,
  ACK: 3,
  CONNECT_ERROR: 4,
  BINARY_EVENT: 5,
  BINARY_ACK: 6,
} as const;

/** One of the digits of {@link PacketType}. */
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** One Socket.IO packet. */
export interface SocketPacket {
  /** From the decoder never a `BINARY_` type: those are the wire's business. */
  type: PacketType;
  /** Name of the namespace, with its slash and without a query. */
  nsp: string;
  /** What stood behind `?` in the namespace. */
  query?: string | undefined;
  /** Arguments of EVENT (name first) and ACK, auth of CONNECT, the error of CONNECT_ERROR. */
  data?: unknown;
  /** Acknowledgement id: asked for by an EVENT, answered by an ACK. */
  id?: number | undefined;
  /** Not used by the codecs, which count themselves; kept for packets made by other software. */
  attachments?: number | undefined;
}

/** Event names that belong to the library: never emitted by users nor accepted from the wire. */
export const reservedEvents: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);

/** The type without regard to attachments: `BINARY_EVENT` is an EVENT, `BINARY_ACK` an ACK. */
export function plainType(type: PacketType): PacketType {
  if (type === PacketType.BINARY_EVENT) return PacketType.EVENT;
  return type === PacketType.BINARY_ACK ? PacketType.ACK : type;
}

/**
 * Checks the data of a packet against its type, the name of an event included.
 *
 * @throws {ProtocolError} `PACKET_DATA`, `EVENT_NAME`, `EVENT_RESERVED`
 */
export function checkPacketData(type: PacketType, data: unknown): void {
  switch (type) {
    case PacketType.EVENT:
    case PacketType.BINARY_EVENT:
      checkEvent(data);
      return;
    case PacketType.ACK:
    case PacketType.BINARY_ACK:
      if (Array.isArray(data)) return;
      break;
    case PacketType.CONNECT:
      if (data === undefined || isObject(data)) return;
      break;
    case PacketType.DISCONNECT:
      if (data === undefined) return;
      break;
    case PacketType.CONNECT_ERROR:
      if (typeof data === "string" || isObject(data)) return;
      break;
  }
  throw new ProtocolError("PACKET_DATA", `type ${type}`);
}

/**
 * Checks the arguments of an event: a list that begins with a name.
 *
 * @throws {ProtocolError} `PACKET_DATA`, `EVENT_NAME`, `EVENT_RESERVED`
 */
export function checkEvent(data: unknown): void {
  if (!Array.isArray(data) || data.length === 0) {
    throw new ProtocolError("PACKET_DATA", "an event is a list that begins with its name");
  }
  const name: unknown = data[0];
  if (typeof name === "string") {
    if (reservedEvents.has(name)) throw new ProtocolError("EVENT_RESERVED", name);
  } else if (typeof name !== "number") {
    throw new ProtocolError("EVENT_NAME");
  }
}

function isObject(data: unknown): boolean {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
