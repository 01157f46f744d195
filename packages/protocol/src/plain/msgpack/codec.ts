import type { PlainCodecLimits } from "../../limits.ts";
import { defaultPlainLimits } from "../../limits.ts";
import type { PlainSaid } from "../decoder.ts";
import { PlainError } from "../errors.ts";
import { fieldsOf } from "../fields.ts";
import type { PlainEvent, PlainMessage } from "../message.ts";
import { readReply } from "../reply.ts";
import { readRequest } from "../request.ts";
import { MsgpackReader } from "./reader.ts";
import { MsgpackWriter } from "./writer.ts";

/** At rest; undefined while it writes, as a toJSON may want to write, too. */
let idleWriter: MsgpackWriter | undefined;

/**
 * Writes a message as one MessagePack map, binary included. The bytes are the caller's own.
 *
 * @throws {ProtocolError} `BLOB_REFUSED`
 * @throws {TypeError} for a circular structure or a BigInt
 */
export function encodePlainMsgpack(message: PlainMessage): Uint8Array<ArrayBuffer> {
  const writer = idleWriter ?? new MsgpackWriter();
  idleWriter = undefined;
  const bytes =
    message.type === "event" ? writeEvent(writer, message) : writer.write(fieldsOf(message));
  idleWriter = writer;
  return bytes;
}

/** The frequent one, without an object in between. */
function writeEvent(writer: MsgpackWriter, message: PlainEvent): Uint8Array<ArrayBuffer> {
  const { event, data, id, durable, again, position, namespace = "/" } = message;
  const count =
    (data.length > 0 ? 2 : 1) +
    (id === undefined ? 0 : 1) +
    (durable === undefined ? 0 : 1) +
    (again === undefined ? 0 : 1) +
    (position === undefined ? 0 : 1) +
    (namespace === "/" ? 0 : 1);
  writer.begin();
  writer.mapHead(count);
  writer.pair("event", event);
  if (data.length > 0) writer.pair("data", data);
  if (id !== undefined) writer.pair("id", id);
  if (durable !== undefined) writer.pair("durable", durable);
  if (again !== undefined) writer.pair("again", again);
  if (position !== undefined) writer.pair("position", position);
  if (namespace !== "/") writer.pair("namespace", namespace);
  return writer.end();
}

/**
 * Reads one message. Binary values share the memory of `bytes`, and are of its class.
 *
 * @throws {PlainError} and nothing else
 */
export function decodePlainMsgpack<From extends keyof PlainSaid = "client">(
  bytes: Uint8Array,
  from: From = "client" as From,
  limits: PlainCodecLimits = defaultPlainLimits,
): PlainSaid[From] {
  if (bytes.length > limits.messageBytesMax) throw new PlainError("MESSAGE_TOO_LARGE");
  const root = new MsgpackReader(bytes, limits.depthMax).read();
  const message =
    from === "client" ? readRequest(root, "native", limits) : readReply(root, "native", limits);
  return message as PlainSaid[From];
}
