import * as fc from "fast-check";
import type { EnginePacket } from "../src/engine-packet.ts";
import type { SocketPacket } from "../src/socket-packet.ts";
import { PacketType, reservedEvents } from "../src/socket-packet.ts";

/** JSON as it looks after one trip over the wire (no -0, say). */
export const json: fc.Arbitrary<unknown> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const bytes = fc.uint8Array({ maxLength: 40 });

/** A binary value of any kind that an application may pass. */
export const binary: fc.Arbitrary<ArrayBuffer | ArrayBufferView> = fc.oneof(
  bytes,
  bytes.map((data) => Buffer.from(data)),
  bytes.map((data) => data.slice().buffer),
  bytes.map((data) => new DataView(data.slice().buffer, data.length >> 1)),
  fc.float64Array({ maxLength: 3 }),
);

/** JSON with binary values at any place in it. */
export const jsonWithBinary: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    json,
    binary,
    fc.array(tie("node"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), tie("node"), { maxKeys: 4 }),
  ),
})).node;

const eventName = fc.oneof(
  fc.string({ unit: "binary" }).filter((name) => !reservedEvents.has(name)),
  fc.integer(),
);
const namespace = fc.oneof(
  fc.constant("/"),
  fc.string({ unit: "grapheme" }).map((name) => `/${name.replaceAll(/[,?]/g, "")}`),
);
const id = fc.oneof(fc.constant(undefined), fc.nat(), fc.maxSafeNat());
const object = fc.dictionary(fc.string(), json);

function args(item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> {
  return fc
    .tuple(eventName, fc.array(item, { maxLength: 4 }))
    .map(([name, rest]) => [name, ...rest]);
}

/** A valid packet, its event or acknowledgement made of `item`. */
export function socketPacket(item: fc.Arbitrary<unknown>): fc.Arbitrary<SocketPacket> {
  return fc.oneof(
    fc.record({ type: fc.constant(PacketType.EVENT), nsp: namespace, data: args(item), id }),
    fc.record({
      type: fc.constant(PacketType.ACK),
      nsp: namespace,
      data: fc.array(item, { maxLength: 4 }),
      id: fc.maxSafeNat(),
    }),
    fc.record({
      type: fc.constant(PacketType.CONNECT),
      nsp: namespace,
      data: fc.option(object, { nil: undefined }),
    }),
    fc.record({ type: fc.constant(PacketType.DISCONNECT), nsp: namespace }),
    fc.record({
      type: fc.constant(PacketType.CONNECT_ERROR),
      nsp: namespace,
      data: fc.oneof(fc.string(), object),
    }),
  );
}

/** A valid Engine.IO packet that can stand in a payload. */
export const enginePacket: fc.Arbitrary<EnginePacket> = fc.oneof(
  fc.record({
    type: fc.constantFrom("open", "close", "ping", "pong", "message", "upgrade", "noop"),
    data: fc.oneof(
      fc.constant(undefined),
      fc.string({ unit: "binary", minLength: 1 }).map((text) => text.replaceAll("\x1e", "\x1f")),
    ),
  }),
  fc.record({ type: fc.constant("message" as const), data: bytes }),
);
