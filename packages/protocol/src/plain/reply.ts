import type { PlainCodecLimits } from "../limits.ts";
import { PlainError } from "./errors.ts";
import type { PlainFailure, PlainReply } from "./message.ts";
import type { BinaryForm, Fields } from "./request.ts";
import { blame } from "./request.ts";

// In the order in which they are looked for: "error" and "position" also stand beside other verbs.
const verbs = [
  "event",
  "ack",
  "connected",
  "durable",
  "live",
  "reset",
  "subscribed",
  "unsubscribed",
  "disconnect",
  "pong",
  "error",
] as const;

/**
 * Reads what a server says. Unknown fields are passed over, so that servers can learn to say more.
 *
 * @throws {PlainError} with the place as a JSON pointer
 */
export function readReply(root: unknown, form: BinaryForm, limits: PlainCodecLimits): PlainReply {
  if (!isObject(root)) throw new PlainError("MESSAGE_SHAPE", { at: "" });
  const verb = verbs.find((name) => Object.hasOwn(root, name));
  const reader = new Reader(root);
  if (form === "frames") checkBinary(root, limits);
  const namespace = reader.string(root, "namespace", "") ?? "/";
  const data = reader.list(root, "data") ?? [];
  switch (verb) {
    case "event":
      return {
        type: "event",
        namespace,
        event: reader.need(reader.string(root, "event", ""), "/event"),
        data,
        id: reader.count(root, "id", ""),
        durable: undefined,
        again: undefined,
        position: reader.string(root, "position", ""),
      };
    case "ack":
      return {
        type: "ack",
        namespace,
        id: reader.need(reader.count(root, "ack", ""), "/ack"),
        data,
      };
    case "connected":
      return readConnected(reader);
    case "durable":
      return readDurable(reader, namespace);
    case "live": {
      const position = reader.need(reader.string(root, "live", ""), "/live");
      return { type: "live", namespace, position };
    }
    case "reset": {
      const inside = reader.inside("reset");
      const reason = reader.need(reader.string(inside, "reason", "/reset"), "/reset/reason");
      return { type: "reset", namespace, reason, room: reader.string(inside, "room", "/reset") };
    }
    case "subscribed":
    case "unsubscribed":
      return { type: verb, namespace, rooms: reader.rooms(verb) };
    case "disconnect": {
      const inside = reader.inside("disconnect");
      const name = reader.string(inside, "namespace", "/disconnect");
      return { type: "disconnect", namespace: name ?? "/" };
    }
    case "pong":
      return { type: "pong", value: reader.need(root["pong"] as number | string, "/pong") };
    case "error":
      return readFault(reader);
    case undefined:
    default:
      return blame(root, "VERB_MISSING", "");
  }
}

function readConnected(reader: Reader): PlainReply {
  const inside = reader.inside("connected");
  return {
    type: "connected",
    namespace: reader.string(inside, "namespace", "/connected") ?? "/",
    id: reader.need(reader.string(inside, "id", "/connected"), "/connected/id"),
    session: reader.string(inside, "session", "/connected"),
    position: reader.string(inside, "position", "/connected"),
    recovered: inside["recovered"] === undefined ? undefined : inside["recovered"] === true,
    accepted: reader.count(inside, "accepted", "/connected"),
    inFlight: reader.count(inside, "inFlight", "/connected"),
  };
}

function readDurable(reader: Reader, namespace: string): PlainReply {
  const { root } = reader;
  const durable = reader.need(reader.count(root, "durable", ""), "/durable");
  if (root["error"] !== undefined) {
    const { code, message, data } = readFailure(reader);
    return { type: "durable", namespace, durable, error: { code, message, data } };
  }
  const retry = reader.count(root, "retry", "");
  if (retry !== undefined) return { type: "durable", namespace, durable, retry };
  return { type: "durable", namespace, durable, data: reader.list(root, "data") ?? [] };
}

function readFailure(reader: Reader): PlainFailure & { inside: Fields } {
  const inside = reader.inside("error");
  return {
    inside,
    code: reader.need(reader.string(inside, "code", "/error"), "/error/code"),
    message: reader.string(inside, "message", "/error") ?? "",
    data: inside["data"],
  };
}

function readFault(reader: Reader): PlainReply {
  const { inside, ...failure } = readFailure(reader);
  const { at } = inside;
  return {
    type: "error",
    ...failure,
    at: typeof at === "string" || typeof at === "number" ? at : undefined,
    namespace: reader.string(inside, "namespace", "/error"),
    id: reader.count(inside, "id", "/error"),
  };
}

function checkBinary(root: Fields, limits: PlainCodecLimits): void {
  const { binary } = root;
  if (binary === undefined) return;
  if (!Number.isSafeInteger(binary) || (binary as number) < 0) {
    blame(root, "FIELD_INVALID", "/binary");
  }
  if ((binary as number) > limits.binariesMax) blame(root, "BINARY_TOO_MANY", "/binary");
}

/** Takes fields of known types out of a message. */
class Reader {
  readonly root: Fields;

  constructor(root: Fields) {
    this.root = root;
  }

  string(holder: Fields, key: string, at: string): string | undefined {
    const value = holder[key];
    if (value !== undefined && typeof value !== "string") this.refuse(`${at}/${key}`);
    return value;
  }

  count(holder: Fields, key: string, at: string): number | undefined {
    const value = holder[key];
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value) || (value as number) < 0) this.refuse(`${at}/${key}`);
    return value as number;
  }

  list(holder: Fields, key: string): unknown[] | undefined {
    const value = holder[key];
    if (value !== undefined && !Array.isArray(value)) this.refuse(`/${key}`);
    return value;
  }

  rooms(key: string): string[] {
    const list = this.need(this.list(this.root, key), `/${key}`);
    const wrong = list.findIndex((room) => typeof room !== "string");
    if (wrong !== -1) this.refuse(`/${key}/${wrong}`);
    return list as string[];
  }

  inside(verb: string): Fields {
    const value = this.root[verb];
    if (!isObject(value)) this.refuse(`/${verb}`);
    return value;
  }

  need<T>(value: T | undefined, at: string): T {
    if (value === undefined) this.refuse(at);
    return value;
  }

  private refuse(at: string): never {
    return blame(this.root, "FIELD_INVALID", at);
  }
}

function isObject(value: unknown): value is Fields {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value)
  );
}
