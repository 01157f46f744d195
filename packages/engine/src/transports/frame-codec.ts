import { decodeEnginePacket } from "@hawser/protocol";
import type { EnginePacket } from "@hawser/protocol";
import { nodeBase64, textOfBinary } from "../binary-text.ts";

/** How packets stand in WebSocket frames, where it is not text as text and binary as it is. */
export interface FrameCodec {
  encodeBinary(data: Uint8Array): string | Uint8Array;
  /** @throws ProtocolError when it is no packet */
  decode(data: string | Uint8Array): EnginePacket;
}

/** Engine.IO 4 as it is, for lines that cannot take frames made elsewhere. */
export const plainFrames: FrameCodec = {
  encodeBinary: (data) => data,
  decode: (data) => decodeEnginePacket(data, nodeBase64),
};

/** Engine.IO 4 for clients that asked for text alone (`b64=1`). */
export const textFrames: FrameCodec = {
  encodeBinary: textOfBinary,
  decode: (data) => decodeEnginePacket(data, nodeBase64),
};
