import type { ErasedArray } from "../erased.ts";

/**
 * What can be sent: text as a string, bytes as any view or buffer, a Blob, or whatever else `Buffer.from` takes. A
 * number is sent as its decimal text, never taken for a size.
 */
export type SendData =
  | string
  | number
  | ArrayBufferView
  | ArrayBufferLike
  | Blob
  | ErasedArray
  | { valueOf(): ArrayBufferLike | Uint8Array | readonly number[] | string }
  | { [Symbol.toPrimitive](hint: string): string };

const nothing: Buffer = Buffer.alloc(0);

/**
 * What is sent for it: text as it is, bytes without a copy where they are bytes already, and no bytes for nothing.
 *
 * @throws TypeError when it is nothing that can be sent.
 */
export function toPayload(data: Exclude<SendData, Blob> | null | undefined): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data === undefined || data === null) return nothing;
  if (typeof data === "number") return String(data);
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Buffer.from(data as string);
}

/** Whether it is a Blob, also one that another implementation has made. */
export function isBlob(data: unknown): data is Blob {
  return (
    data instanceof Blob ||
    (typeof data === "object" &&
      data !== null &&
      ["Blob", "File"].includes((data as Record<symbol, string>)[Symbol.toStringTag] ?? "") &&
      typeof (data as Blob).arrayBuffer === "function")
  );
}

/** Bytes that it takes on the wire, without its frame. */
export function payloadBytes(payload: string | Uint8Array): number {
  return typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
}
