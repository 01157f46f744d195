/* The shape of npm engine.io-parser, which npm engine.io hands on as `parser`. Nothing of ours goes through it. */
import {
  decodeEnginePacket,
  decodePayload,
  encodeEnginePacket,
  encodeEnginePacketAsText,
  encodePayload,
} from "@hawser/protocol";
import type { EnginePacket, EnginePacketType } from "@hawser/protocol";
import { nodeBase64 } from "./binary-text.ts";

/** A packet as npm engine.io-parser has it; `error` is what a broken one is read as. */
export interface ParserPacket {
  type: EnginePacketType | "error";
  data?: unknown;
  options?: { compress: boolean };
}

/** What binary messages are read as. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "blob";

type Encoded = string | Uint8Array;

function bytesOf(data: unknown): string | Uint8Array | undefined {
  if (data === undefined || data === null) return undefined;
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  return typeof data === "string" ? data : `${data as number}`;
}

function toPacket({ type, data }: ParserPacket): EnginePacket {
  return { type: type as EnginePacketType, data: bytesOf(data) };
}

function toParserPacket({ type, data }: EnginePacket, binaryType?: BinaryType): ParserPacket {
  if (data === undefined) return { type };
  if (typeof data === "string") return { type, data };
  if (binaryType !== "arraybuffer") return { type, data: Buffer.from(data) };
  return { type, data: Uint8Array.from(data).buffer };
}

/** Engine.IO packets and payloads to and from what is on the wire. */
export const parser: {
  readonly protocol: 4;
  /** @throws ProtocolError for a packet that cannot be sent */
  encodePacket(
    packet: ParserPacket,
    supportsBinary: boolean,
    callback: (encoded: Encoded) => void,
  ): void;
  /** @throws ProtocolError for a packet that cannot be sent */
  encodePayload(packets: readonly ParserPacket[], callback: (encoded: string) => void): void;
  decodePacket(encoded: unknown, binaryType?: BinaryType): ParserPacket;
  decodePayload(encoded: string, binaryType?: BinaryType): ParserPacket[];
} = {
  protocol: 4,
  encodePacket(packet, supportsBinary, callback) {
    const encode = supportsBinary ? encodeEnginePacket : encodeEnginePacketAsText;
    callback(encode(toPacket(packet)));
  },
  encodePayload(packets, callback) {
    callback(encodePayload(packets.map(toPacket), nodeBase64));
  },
  decodePacket(encoded, binaryType) {
    try {
      const bytes = bytesOf(encoded) ?? "";
      return toParserPacket(decodeEnginePacket(bytes, nodeBase64), binaryType);
    } catch {
      return { type: "error", data: "parser error" };
    }
  },
  decodePayload(encoded, binaryType) {
    try {
      const packets = decodePayload(encoded, undefined, nodeBase64);
      return packets.map((packet) => toParserPacket(packet, binaryType));
    } catch {
      return [{ type: "error", data: "parser error" }];
    }
  },
};
