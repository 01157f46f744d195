import * as fc from "fast-check";
import type { PlainMessage, PlainReply, PlainRequest } from "../src/plain/message.ts";
import { reservedEvents } from "../src/socket-packet.ts";
import { json, jsonWithBinary } from "./arbitraries.ts";

/** Data that looks like what stands for binary on one wire or another. */
export const lookalike: fc.Arbitrary<unknown> = fc.constantFrom(
  { $binary: 0 },
  { $$binary: 0 },
  { $binary: 1, x: 1 },
  { $binary: 0, x: new Uint8Array(1) },
  { $base64: "AQI=" },
  { $$$base64: [{ $base64: 1 }] },
  { $binary: 0, gone: undefined },
  { $binary: { $binary: { $binary: new Uint8Array(2) } } },
  { _placeholder: true, num: 1e6 },
  { toJSON: () => ({ $binary: 3 }) },
  '{"$binary":0}',
  '{"_placeholder":true,"num":0}',
);

/** One argument of an event. */
export const argument: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: jsonWithBinary },
  lookalike,
  fc.array(fc.oneof(lookalike, jsonWithBinary), { maxLength: 3 }),
);

const data = fc.array(argument, { maxLength: 4 });
const text = fc.string({ unit: "binary", maxLength: 20 });
const name = text.filter((value) => !reservedEvents.has(value));
const namespace = fc.oneof(
  fc.constant("/"),
  text.map((value) => `/${value}`),
);
const count = fc.oneof(fc.nat(100), fc.maxSafeNat());
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const auth = maybe(fc.dictionary(fc.oneof(text, fc.constant("__proto__")), json, { maxKeys: 3 }));

/** What a client may say. */
export const request: fc.Arbitrary<PlainRequest> = fc.oneof(
  fc
    .record({
      type: fc.constant("event" as const),
      namespace,
      event: name,
      data,
      id: maybe(count),
      durable: maybe(count.map((n) => Math.max(n, 1))),
      again: maybe(fc.boolean()),
    })
    .map(({ id, durable, again, ...event }) =>
      durable === undefined
        ? { ...event, id }
        : { ...event, durable, ...(again === true && { again }) },
    ),
  fc.record({ type: fc.constant("ack" as const), namespace, id: count, data }),
  fc.record({
    type: fc.constant("connect" as const),
    namespace,
    auth,
    session: maybe(fc.boolean()),
  }),
  fc.record({
    type: fc.constant("recover" as const),
    namespace,
    auth,
    session: text,
    position: maybe(text),
  }),
  fc.record({
    type: fc.constantFrom("subscribe" as const, "unsubscribe" as const),
    namespace,
    rooms: fc.array(text, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant("position" as const), namespace, position: text }),
  fc.record({ type: fc.constant("disconnect" as const), namespace }),
  fc.record({ type: fc.constant("ping" as const), value: fc.oneof(count, text) }),
);

/** What a server may say. */
export const reply: fc.Arbitrary<PlainReply> = fc.oneof(
  fc.record({
    type: fc.constant("event" as const),
    namespace,
    event: text,
    data,
    id: maybe(count),
    position: maybe(text),
  }),
  fc.record({
    type: fc.constant("connected" as const),
    namespace,
    id: text,
    session: maybe(text),
    position: maybe(text),
    recovered: maybe(fc.boolean()),
    accepted: maybe(count),
    inFlight: maybe(count),
  }),
  fc.record({
    type: fc.constantFrom("subscribed" as const, "unsubscribed" as const),
    namespace,
    rooms: fc.array(text, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant("live" as const), namespace, position: text }),
  fc.record({ type: fc.constant("reset" as const), namespace, reason: text, room: maybe(text) }),
  fc.record({ type: fc.constant("durable" as const), namespace, durable: count, data }),
  fc.record({ type: fc.constant("durable" as const), namespace, durable: count, retry: count }),
  fc.record({
    type: fc.constant("durable" as const),
    namespace,
    durable: count,
    error: fc.record({ code: text, message: text, data: maybe(json) }),
  }),
  fc.record({ type: fc.constant("pong" as const), value: fc.oneof(count, text) }),
  fc.record({
    type: fc.constant("error" as const),
    code: text,
    message: text,
    at: maybe(fc.oneof(text, count)),
    namespace: maybe(namespace),
    id: maybe(count),
    data: maybe(json),
  }),
);

/**
 * A message as the other side is to see it: values as JSON shows them, with binary as plain bytes and what is absent
 * gone.
 */
export function seen(message: PlainMessage): unknown {
  const { namespace, ...others } = message as PlainMessage & { namespace?: string };
  const shown = shownBy(others) as Record<string, unknown>;
  return namespace === undefined || namespace === "/" ? shown : { ...shown, namespace };
}

/** What JSON shows of a value, with binary as plain bytes. */
export function shownBy(value: unknown): unknown {
  if (typeof value !== "object" || value === null)
    return JSON.parse(JSON.stringify(value) ?? "null");
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return Uint8Array.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (Array.isArray(value)) return value.map(shownBy);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return shownBy(toJSON.call(value, ""));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, shownBy(item)]),
  );
}
