import type { CloseDetails, Packet, RawData, Transport } from "../transports/transport.ts";
import type { HandshakeData } from "./options.ts";

/** What users may listen to on `socket.io.engine`. */
export interface ConnectionEvents {
  open: () => void;
  handshake: (data: HandshakeData) => void;
  /** A packet was received. */
  packet: (packet: Packet) => void;
  /** A packet is about to be sent. */
  packetCreate: (packet: Packet) => void;
  /** A message was received, before it was handled. */
  data: (data: RawData) => void;
  /** A message was received and handled. */
  message: (data: RawData) => void;
  /** Everything has been handed to the transport and has left. */
  drain: () => void;
  /** Packets have been handed to the transport. */
  flush: () => void;
  /** A sign of life. */
  heartbeat: () => void;
  ping: () => void;
  pong: () => void;
  error: (error: Error) => void;
  upgrading: (transport: Transport) => void;
  upgrade: (transport: Transport) => void;
  upgradeError: (error: Error) => void;
  close: (reason: string, description?: CloseDetails | Error) => void;
}
