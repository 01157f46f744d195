export type { Delivery, DeliveryNotices } from "./delivery.ts";
export { durable } from "./durable.ts";
export type { OutboxEntry } from "./entry.ts";
export type { DeliveryErrorCode, Sent } from "./errors.ts";
export { DeliveryError, deliveryErrors } from "./errors.ts";
// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
export { fileStore } from "#file-store";
export { indexedDbStore } from "./indexeddb-store.ts";
export { memoryStore } from "./memory-store.ts";
export type { DurableOptions } from "./options.ts";
export type { OutboxEvents, OutboxView } from "./outbox-view.ts";
export type { OpenOutbox, OutboxStore, StoreChanges, StoredEntry, StoredState } from "./store.ts";
export type { DurableAnswer, DurableEmitter, DurableParams, DurableSocket } from "./types.ts";
export type {
  DeliveryFaultCode,
  FencedNotice,
  Position,
  ResetNotice,
  ResetReason,
  SessionKey,
} from "@hawser/protocol/internal";
