import { DeliveryError } from "./errors.ts";

/** Deeper is most likely a circle, and could not be sent. */
const depthMax = 500;

/** The arguments of an event as they are now, and about how much they hold. */
export interface Snapshot {
  readonly args: unknown[];
  readonly bytes: number;
}

/**
 * Copies an event for the outbox: what JSON makes of it, with binary as it is. The application may change its objects
 * afterwards.
 * @throws DeliveryError `NOT_STORABLE` for functions, symbols, bigints, circles and parts of a page
 */
export function snapshot(event: readonly unknown[], takesBlobs = true): Snapshot {
  let bytes = 0;

  function copy(value: unknown, key: string, path: string, depth: number): unknown {
    if (depth > depthMax) throw refused(path, "is nested too deep, or in a circle");
    switch (typeof value) {
      case "string":
        bytes += value.length;
        return value;
      case "object":
        return value === null ? null : copyObject(value, key, path, depth + 1);
      case "function":
      case "symbol":
      case "bigint":
        throw refused(path, `is a ${typeof value}`);
      case "number":
        bytes += 8;
        return Number.isFinite(value) ? value : null;
      case "boolean":
      case "undefined":
        break;
    }
    bytes += 4;
    return value ?? null;
  }

  function copyObject(value: object, key: string, path: string, depth: number): unknown {
    const binary = copyBinary(value);
    if (binary?.isBlob && !takesBlobs) {
      throw refused(
        path,
        "is a Blob, which this store cannot take: give its `await blob.arrayBuffer()`",
      );
    }
    if (binary) {
      bytes += binary.size;
      return binary.copy;
    }
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") {
      const json = (toJSON as (key: string) => unknown).call(value, key);
      return copy(json, key, path, depth);
    }
    if (isNode(value)) throw refused(path, "is a part of the page");
    if (Array.isArray(value)) {
      return value.map((each, index) => copy(each, `${index}`, `${path}[${index}]`, depth));
    }
    if (isBoxed(value)) return value.valueOf();
    const result: Record<string, unknown> = {};
    for (const [name, each] of Object.entries(value)) {
      if (each === undefined) continue;
      bytes += name.length;
      const copied = copy(each, name, `${path}.${name}`, depth);
      // By assignment it would become the prototype.
      if (name === "__proto__") Object.defineProperty(result, name, own(copied));
      else result[name] = copied;
    }
    return result;
  }

  const args = event.map((value, index) => copy(value, "", `argument ${index}`, 0));
  return { args, bytes };
}

function copyBinary(value: object): { copy: unknown; size: number; isBlob?: boolean } | undefined {
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { copy: Uint8Array.from(bytes), size: bytes.length };
  }
  const tag = Object.prototype.toString.call(value);
  if (tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]") {
    const copy = Uint8Array.from(new Uint8Array(value as ArrayBuffer)).buffer;
    return { copy, size: copy.byteLength };
  }
  // They cannot change.
  if (tag === "[object Blob]" || tag === "[object File]") {
    return { copy: value, size: (value as Blob).size, isBlob: true };
  }
  return undefined;
}

function isNode(value: object): boolean {
  const { nodeType, nodeName } = value as Partial<Node>;
  return typeof nodeType === "number" && typeof nodeName === "string";
}

function isBoxed(value: object): boolean {
  return /^\[object (Number|String|Boolean)]$/.test(Object.prototype.toString.call(value));
}

function own(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, configurable: true, writable: true };
}

function refused(path: string, what: string): DeliveryError {
  return new DeliveryError("NOT_STORABLE", "no", {
    text: `${path} ${what}: it cannot be kept in the outbox`,
  });
}
