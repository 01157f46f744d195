/** What is needed of a Blob or File, named here because this package knows no DOM. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What stands for binary in the arguments of an event. */
export type BinaryValue = ArrayBuffer | ArrayBufferView | BlobLike;

/** A binary value on its way out. */
export type Attachment = Uint8Array | BlobLike;

/** Whether a value is binary: an ArrayBuffer, any view (Buffer included), a Blob or a File. */
export function isBinary(value: unknown): value is BinaryValue {
  if (typeof value !== "object" || value === null) return false;
  if (ArrayBuffer.isView(value)) return true;
  if (isPlain(value)) return false;
  const tag = tagOf(value);
  return tag === "[object ArrayBuffer]" || isBlobTag(tag);
}

/** Whether a value is a Blob or a File, whose bytes can only be had later. */
export function isBlob(value: unknown): value is BlobLike {
  return typeof value === "object" && value !== null && isBlobTag(tagOf(value));
}

/** An object literal or a list of this realm: a quick no to the question of being binary. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}

/** The bytes of a binary value over the same memory; a Uint8Array, a Buffer and a Blob as they are. */
export function toAttachment(value: BinaryValue): Attachment {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return isBlob(value) ? value : new Uint8Array(value);
}

/**
 * Goes by the tag and not by `instanceof`: values come from other realms too (frames, test runners),
 * and naming the global Blob would make Node load it.
 */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function isBlobTag(tag: string): boolean {
  return tag === "[object Blob]" || tag === "[object File]";
}
