export type {
  DeliveryAnswer,
  DeliveryFault,
  DeliveryFaultCode,
  DeliveryRequest,
  DeliveryRetry,
  DeliveryRetryCode,
  FencedNotice,
  Position,
  ResetNotice,
  ResetReason,
  SessionKey,
} from "./delivery.ts";
export {
  deliveryEvents,
  deliveryKey,
  deliveryVersion,
  emitOutcome,
  sentBefore,
} from "./delivery.ts";
export { decodeEnginePacketV3, encodeBinaryAsTextV3, encodeBinaryV3 } from "./engine-packet-v3.ts";
export {
  decodeBinaryPayloadV3,
  decodePayloadV3,
  encodeBinaryPayloadV3,
  encodePayloadV3,
} from "./engine-payload-v3.ts";
