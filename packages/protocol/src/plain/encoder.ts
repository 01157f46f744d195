import type { Base64 } from "../base64.ts";
import { base64 as pureBase64 } from "../base64.ts";
import type { EncodedPacket } from "../socket-encoder.ts";
import { Extractor } from "./extract.ts";
import { fieldsOf } from "./fields.ts";
import { areFrames } from "./marks.ts";
import type { PlainMessage } from "./message.ts";

const none: readonly never[] = Object.freeze([]);

/**
 * Writes a message as JSON: a text, and the binary frames that have to follow it at once. With `base64` (true, or an
 * implementation of one's own) binary stands in the text, as agreed on with `binary: "base64"` and for SSE.
 * The given objects are not changed, and frames share the memory of what was given.
 *
 * @throws {ProtocolError} `BLOB_REFUSED`
 * @throws {TypeError} for what JSON cannot say: circular structures, BigInt
 */
export function encodePlain(
  message: PlainMessage,
  base64: boolean | Base64 = false,
): EncodedPacket {
  const inline = base64 === true ? pureBase64 : base64 || undefined;
  if (message.type === "event") {
    const { event, data, id, durable, again, position } = message;
    const head = `{"event":${quoted(event)}`;
    let tail = "";
    if (id !== undefined) tail += `,"id":${id}`;
    if (durable !== undefined) tail += `,"durable":${durable}`;
    if (again === true) tail += ',"again":true';
    if (position !== undefined) tail += `,"position":${JSON.stringify(position)}`;
    return withArguments(head, data, tail, message.namespace, inline);
  }
  if (message.type === "ack") {
    return withArguments(`{"ack":${message.id}`, message.data, "", message.namespace, inline);
  }
  if (message.type === "durable" && message.data !== undefined) {
    const head = `{"durable":${message.durable}`;
    // Without data, error and retry it would not say what became of it.
    if (message.data.length === 0) return bare(`${head},"data":[]`, message.namespace);
    return withArguments(head, message.data, "", message.namespace, inline);
  }
  return { text: JSON.stringify(fieldsOf(message)), attachments: none };
}

/** The name of the newest event as JSON: most senders say one name many times. */
let newest: { readonly name: string; readonly json: string } = { name: "", json: '""' };

/**
 * {@link encodePlain} for an event whose name and arguments are one list, as senders of Socket.IO keep them.
 *
 * @throws as encodePlain
 */
export function encodePlainEvent(
  list: readonly [event: string, ...args: unknown[]],
  id?: number,
  namespace?: string,
): EncodedPacket {
  const [name] = list;
  if (!isFlat(list)) {
    return encodePlain({ type: "event", namespace, event: name, data: list.slice(1), id });
  }
  if (newest.name !== name) newest = { name, json: JSON.stringify(name) };
  let end = id === undefined ? "" : `,"id":${id}`;
  if (namespace !== undefined && namespace !== "/") {
    end += `,"namespace":${JSON.stringify(namespace)}`;
  }
  const head = `{"event":${newest.json}`;
  if (list.length === 1) return { text: `${head}${end}}`, attachments: none };
  // One text for the whole list, of which the name is cut off.
  const rest = JSON.stringify(list).slice(newest.json.length + 2);
  return { text: `${head},"data":[${rest}${end}}`, attachments: none };
}

function withArguments(
  head: string,
  data: readonly unknown[],
  tail: string,
  namespace: string | undefined,
  base64: Base64 | undefined,
): EncodedPacket {
  let end = tail;
  if (namespace !== undefined && namespace !== "/") {
    end += `,"namespace":${JSON.stringify(namespace)}`;
  }
  if (data.length === 0) return { text: `${head}${end}}`, attachments: none };
  if (isFlat(data)) {
    return { text: `${head},"data":${JSON.stringify(data)}${end}}`, attachments: none };
  }
  const extractor = new Extractor(base64);
  const marked = extractor.extract(data);
  const { found } = extractor;
  if (found.length > 0) {
    end += `,"binary":${found.length}`;
    if (areFrames(marked, found.length)) {
      return { text: `${head}${end}}`, attachments: found };
    }
  }
  return { text: `${head},"data":${JSON.stringify(marked)}${end}}`, attachments: found };
}

/** A name in quotes: mostly there is nothing to escape. */
function quoted(name: string): string {
  if (name.length > 40) return JSON.stringify(name);
  for (let at = 0; at < name.length; at++) {
    const unit = name.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return JSON.stringify(name);
  }
  return `"${name}"`;
}

/** Nothing but primitives: no walk is needed. */
function isFlat(data: readonly unknown[]): boolean {
  for (let i = 0; i < data.length; i++) {
    if (typeof data[i] === "object" && data[i] !== null) return false;
  }
  return true;
}

function bare(text: string, namespace: string | undefined): EncodedPacket {
  const end =
    namespace === undefined || namespace === "/" ? "" : `,"namespace":${JSON.stringify(namespace)}`;
  return { text: `${text}${end}}`, attachments: none };
}
