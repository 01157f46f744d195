import { msgpackProtocol } from "../../../shared/chat/wire.ts";
import type { PlainCodec, PlainMessage } from "./codec.ts";
import { decodeMsgpack, encodeMsgpack } from "./msgpack.ts";

export const msgpackCodec: PlainCodec = {
  subprotocol: msgpackProtocol,
  encode: encodeMsgpack,
  decode: (frame) => decodeMsgpack(new Uint8Array(frame as ArrayBuffer)) as PlainMessage,
};
