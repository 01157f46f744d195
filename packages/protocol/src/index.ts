export type { Base64 } from "./base64.ts";
export { base64, strictBase64 } from "./base64.ts";
export type { Attachment, BinaryValue, BlobLike } from "./binary.ts";
export { isBinary, isBlob, toAttachment } from "./binary.ts";
export type { EnginePacket, EnginePacketType } from "./engine-packet.ts";
export {
  decodeEnginePacket,
  encodeEnginePacket,
  encodeEnginePacketAsText,
  enginePacketTypes,
} from "./engine-packet.ts";
export { decodePayload, encodePayload, payloadSeparator } from "./engine-payload.ts";
export type { Fault, ProtocolErrorCode, ProtocolErrorRow } from "./errors.ts";
export { HawserError, ProtocolError, errorBrand, errorFamily, protocolErrors } from "./errors.ts";
export type { PlainCodecLimits, ProtocolLimits } from "./limits.ts";
export { defaultPlainLimits, defaultProtocolLimits, resolveLimits } from "./limits.ts";
export type { JsonReviver } from "./socket-decoder.ts";
export { SocketDecoder } from "./socket-decoder.ts";
export type { EncodedArguments, EncodedPacket, JsonReplacer } from "./socket-encoder.ts";
export {
  encodeArguments,
  encodeHead,
  encodeSocketPacket,
  encodeSocketPacketWithBlobs,
} from "./socket-encoder.ts";
export type { SocketPacket } from "./socket-packet.ts";
export { PacketType, checkPacketData, reservedEvents } from "./socket-packet.ts";
export { utf8Length } from "./utf8.ts";
export { PlainDecoder } from "./plain/decoder.ts";
export type { PlainDecoderOptions, PlainSaid } from "./plain/decoder.ts";
export { encodePlain, encodePlainEvent } from "./plain/encoder.ts";
export type { PlainErrorCode, PlainErrorPlace, PlainRefusalCode } from "./plain/errors.ts";
export { PlainError, faultOf, plainErrors } from "./plain/errors.ts";
export type {
  PlainAck,
  PlainConnect,
  PlainConnected,
  PlainDisconnect,
  PlainDurable,
  PlainEvent,
  PlainFailure,
  PlainFault,
  PlainMessage,
  PlainPing,
  PlainPosition,
  PlainRecover,
  PlainReply,
  PlainRequest,
  PlainReset,
  PlainRooms,
} from "./plain/message.ts";
export { plainMessageOfSocketIo, plainOfSocketIo } from "./plain/splice.ts";
export type { PlainClose, PlainCloseName } from "./plain/closes.ts";
export { plainCloseReason, plainCloses } from "./plain/closes.ts";
export { decodePlainMsgpack, encodePlainMsgpack } from "./plain/msgpack/codec.ts";
